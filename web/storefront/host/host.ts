import type { Place } from '../map/projection.ts'

/**
 * The program that shows the storefront: a browser, later Telegram. No other part of the code asks where it runs; the linter
 * and `tests/rules/host.test.ts` see to it. `viewport.css` beside it has the measures of the screen.
 */
export type Host = Readonly<{
  /** Gives the document the theme that the reader has chosen before. */
  openTheme: () => void
  /** Switches between light and dark, and stores the choice. */
  switchTheme: () => void
  /** A short vibration after an action, where the device has one. */
  haptic: (kind: 'success' | 'error') => void
  /** Opens the page of a payment. */
  openPayment: (url: string) => void
  /** Gives an address to another program of the device, or to the clipboard. */
  share: (content: Readonly<{ title: string; url: string }>) => Promise<'shared' | 'copied' | 'dismissed' | 'failed'>
  /** Asks the device where it is; undefined when it does not say. */
  locate: () => Promise<Place | undefined>
  /** Stores a file on the device. */
  saveFile: (name: string, content: Blob) => void
}>
