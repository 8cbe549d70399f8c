/** The program that shows the storefront: a browser, later Telegram. No other part of the code asks where it runs. */
export type Host = Readonly<{
  theme: () => 'light' | 'dark'
  /** A short vibration after an action, where the device has one. */
  haptic: (kind: 'success' | 'error' | 'tap') => void
  /** Opens the page of a payment. */
  openPayment: (url: string) => void
  /** Shares an address with the programs of the device; false when it cannot. */
  share: (content: Readonly<{ title: string; url: string }>) => Promise<boolean>
}>
