import type { Api } from './api/client.ts'
import type { CartActions } from './cart/cart.ts'
import type { Host } from './host/host.ts'
import type { OrderSending } from './ordering/send-order.ts'
import type { SessionActions } from './session/session.ts'

/** The parts of the storefront that exist in a browser only. */
export type Browser = Readonly<{
  api: Api
  host: Host
  cart: CartActions
  orders: OrderSending
  session: SessionActions
}>

let opened: Browser | undefined

/** Called once, before the first page is hydrated. */
export function openBrowser(browser: Browser): void {
  opened = browser
}

/** The browser's parts, for effects and event handlers. The server runs neither. */
export function browser(): Browser {
  if (!opened) throw new Error('The browser is used while a page is rendered: call it in an effect or an event handler')
  return opened
}
