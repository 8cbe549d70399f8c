import type { Schemas } from '../api/client.ts'

/** An order that was sent, and whose answer has not arrived: the shop may have placed it. */
export type PendingOrder = Readonly<{
  /** The Idempotency-Key of the first request, and of every repeat. */
  key: string
  body: Schemas['PlaceOrderBody']
  /** Null for a guest. */
  user_id: string | null
  /** The shop knows a guest by this token. */
  cart_token: string | null
  /** Milliseconds since 1970. */
  sent_at: number
}>

const storageKey = 'posad.pending-order'
/** The shop deletes a key after a day. A later repeat would be another order. */
const lasts = 23 * 3_600_000

/** The pending order of this reader; another reader of the same browser does not repeat it. */
export function readPendingOrder(user_id: string | null): PendingOrder | undefined {
  const pending = JSON.parse(localStorage.getItem(storageKey) ?? 'null') as PendingOrder | null
  if (!pending) return undefined
  if (Date.now() - pending.sent_at > lasts) dropPendingOrder()
  else if (pending.user_id === user_id) return pending
  return undefined
}

/** Stores an order before it is sent, so that it outlives the page. */
export const savePendingOrder = (pending: PendingOrder): void =>
  localStorage.setItem(storageKey, JSON.stringify(pending))

export const dropPendingOrder = (): void => localStorage.removeItem(storageKey)
