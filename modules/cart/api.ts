import type { FoundCart, VersionedLines } from './store.ts'

/** The functions of cart that other modules may call. */
export type CartApi = Readonly<{
  /**
   * The lines of a user's cart, oldest first, with their version: two orders with one version would be the same goods twice.
   * The cart of the guest that she was, whose token she still sends, is merged into hers before.
   */
  linesOf: (user_id: string, cart_token?: string) => Promise<VersionedLines>
  /** The same of a guest's cart, and its id, under which an order removes its items; null when the token opens no cart. */
  guestCartOf: (cart_token: string) => Promise<FoundCart>
}>
