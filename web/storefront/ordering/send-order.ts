import { bodyOf, type Api, type Schemas } from '../api/client.ts'
import { failureOf, type Failure } from '../api/failure.ts'
import { cartTokenOf } from '../cart/cart-store.ts'
import { saveOrderLink } from '../order-access.ts'
import { sessionStore } from '../session/session-store.ts'
import { dropPendingOrder, readPendingOrder, savePendingOrder, type PendingOrder } from './pending-order.ts'

type Order = Schemas['Order']

/** Sends orders so that a lost answer neither loses an order nor places it twice. */
export type OrderSending = Readonly<{
  /** Places an order. A pending order is repeated first, and is the result when the shop has placed it. */
  place: (body: Schemas['PlaceOrderBody']) => Promise<Order>
  /**
   * Repeats the pending order, if there is one; true when the shop has placed it. Throws while no answer arrives, and tries
   * again later. The cart is read afterwards, because the order may have taken its lines.
   */
  settle: () => Promise<boolean>
  /** An order was sent, and it is not known whether the shop has placed it. */
  hasPending: () => boolean
}>

type Needs = Readonly<{
  api: Api
  /** Called when a repeat finds the order. */
  found: (order: Order) => void
}>

/** Milliseconds between the attempts at one request, and between two series of them. */
const pauses = [500, 1500, 4000]
const longPause = 15_000

/** Opens the sending of orders in a browser. */
export function openOrderSending({ api, found }: Needs): OrderSending {
  const userId = () => sessionStore.get()?.user.id ?? null
  const pendingOrder = () => readPendingOrder(userId())
  let timer: ReturnType<typeof setTimeout> | undefined
  // One tab sends at a time, so that the other finds the pending order of the first.
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    clearTimeout(timer)
    return await navigator.locks.request('posad.order', work).finally(() => {
      if (pendingOrder()) timer = setTimeout(() => void settle().catch(() => {}), longPause)
    })
  }
  const repeat = async (): Promise<Order | undefined> => {
    const pending = pendingOrder()
    if (!pending) return undefined
    return await attempt(api, pending, { isRepeat: true }).catch((error: unknown) => {
      if (pendingOrder()) throw error
      return undefined
    })
  }
  const place = async (body: Schemas['PlaceOrderBody']): Promise<Order> => {
    const earlier = await repeat()
    if (earlier) return earlier
    const sent_at = Date.now()
    const pending = { key: crypto.randomUUID(), body, user_id: userId(), cart_token: cartTokenOf(), sent_at }
    savePendingOrder(pending)
    return await attempt(api, pending, { isRepeat: false })
  }
  const settle = async () => {
    if (!pendingOrder()) return false
    const order = await alone(repeat)
    if (order) found(order)
    return order !== undefined
  }
  return {
    place: async (body) => await alone(() => place(body)),
    settle,
    hasPending: () => pendingOrder() !== undefined,
  }
}

/** Sends the request until an answer arrives, a few times at most. The order is pending until then. */
async function attempt(api: Api, pending: PendingOrder, { isRepeat }: { isRepeat: boolean }): Promise<Order> {
  const { key, body, cart_token } = pending
  const header = { 'Idempotency-Key': key, ...(cart_token !== null && { 'x-cart-token': cart_token }) }
  for (let tries = 0; ; tries++) {
    try {
      const order = await bodyOf(api.POST('/api/v1/orders', { params: { header }, body }))
      if (order.link_token !== null) saveOrderLink(order.id, order.link_token)
      dropPendingOrder()
      return order
    } catch (error) {
      const failure = failureOf(error)
      if (isAnswer(failure, isRepeat || tries > 0)) {
        dropPendingOrder()
        throw failure
      }
      const pause = navigator.onLine ? pauses[tries] : undefined
      if (pause === undefined) throw failure
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** Refusals of a repeat that say nothing about the first request: sign in, wait, come back later. */
const temporary = new Set([401, 403, 408, 429])

/**
 * Whether a failure shows that no order was placed. A repeat that fails with 500 found no stored response, so the first
 * request placed nothing.
 */
function isAnswer({ status, code }: Failure, isRepeat: boolean): boolean {
  if (code === 'idempotency-in-progress' || status < 400) return false
  return isRepeat ? status <= 500 && !temporary.has(status) : status < 500 && status !== 408
}
