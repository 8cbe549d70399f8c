import type { Host } from './host.ts'

const themeKey = 'posad.theme'
const dark = () => matchMedia('(prefers-color-scheme: dark)')

/** A plain browser. */
export const webHost: Host = {
  theme: () => {
    const chosen = localStorage.getItem(themeKey)
    if (chosen === 'light' || chosen === 'dark') return chosen
    return dark().matches ? 'dark' : 'light'
  },
  haptic: (kind) => void navigator.vibrate?.(kind === 'error' ? [20, 40, 20] : 10),
  openPayment: (url) => location.assign(url),
  share: async (content) => {
    if (!navigator.share) return false
    return await navigator.share(content).then(
      () => true,
      () => false,
    )
  },
}

/** Switches between light and dark, and stores the choice. */
export function switchTheme(): void {
  const next = webHost.theme() === 'dark' ? 'light' : 'dark'
  localStorage.setItem(themeKey, next)
  applyTheme()
}

/** Marks the document with a chosen theme. Without a choice the style sheet follows the device. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(themeKey)
  if (chosen === null) delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
}
