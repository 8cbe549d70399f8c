import type { Place } from '../map/projection.ts'
import type { Host } from './host.ts'

const themeKey = 'posad.theme'
/** Milliseconds that the device may need to find its place. */
const maxLocating = 10_000

type Theme = 'light' | 'dark'

/** A plain browser. Its back button is the one of the router's history. */
export const webHost: Host = {
  openTheme: () => {
    const chosen = chosenTheme()
    if (chosen) show(chosen)
  },
  switchTheme: () => {
    const next = (chosenTheme() ?? themeOfDevice()) === 'dark' ? 'light' : 'dark'
    localStorage.setItem(themeKey, next)
    show(next)
  },
  haptic: (kind) => void navigator.vibrate?.(kind === 'error' ? [20, 40, 20] : 10),
  openPayment: (url) => location.assign(url),
  share: async (content) => {
    if (!navigator.share) return await copy(content.url)
    try {
      await navigator.share(content)
      return 'shared'
    } catch (error) {
      return error instanceof DOMException && error.name === 'AbortError' ? 'dismissed' : await copy(content.url)
    }
  },
  locate: () => new Promise(ask),
  saveFile: (name, content) => {
    const url = URL.createObjectURL(content)
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    // The browser reads the address after the click.
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  },
}

function chosenTheme(): Theme | undefined {
  const chosen = localStorage.getItem(themeKey)
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined
}

const themeOfDevice = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')

/** Marks the document with a chosen theme, and colours the bars of the browser. Without a choice both follow the device. */
function show(theme: Theme): void {
  const { documentElement } = document
  documentElement.dataset['theme'] = theme
  const paper = getComputedStyle(documentElement).getPropertyValue('--paper').trim()
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) bar.content = paper
}

/** A page without TLS has no clipboard. */
const copy = async (text: string): Promise<'copied' | 'failed'> =>
  await Promise.resolve(navigator.clipboard)
    .then((clipboard) => clipboard.writeText(text))
    .then(
      () => 'copied' as const,
      () => 'failed' as const,
    )

function ask(answer: (place: Place | undefined) => void): void {
  if (!('geolocation' in navigator)) return answer(undefined)
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => answer({ lat: coords.latitude, lng: coords.longitude }),
    () => answer(undefined),
    { enableHighAccuracy: true, timeout: maxLocating },
  )
}
