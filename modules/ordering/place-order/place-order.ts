import { randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { CartApi } from '#cart'
import type { CatalogApi, HoldOutcome, HoldItem } from '#catalog'
import { concurrently, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused, StoreResponse } from '#platform/outcome'
import { issueCommand } from '#platform/saga'
import { after, minutes, newId, type Clock } from '#platform/values'
import type { Checkout } from '../checkout.ts'
import { crashPoint } from '../crash-points.ts'
import { orderCreated } from '../events.ts'
import { requestPayment } from '../order-events.ts'
import { place, refusalOf, type CreatedOrder } from '../order.ts'
import type { Terms } from '../schema.ts'
import type { OrderingTables } from '../store.ts'
import { findEarlierOrder, hashOf, insertOrder, type EarlierOrder } from './insert-order.ts'
import { orderNumber } from './order-number.ts'

export type PlaceOrderInput = Terms &
  Readonly<{
    /** Chosen by the client, who may then repeat the request safely; undefined: a new id. */
    id?: string | undefined
    user_id: string
    /** Empty: the order takes the lines of the customer's cart. */
    items: readonly HoldItem[]
    expected_total?: number | undefined
  }>

type HoldRefused = Extract<HoldOutcome, { kind: 'refused' }>

export type PlaceOrderOutcome =
  | Readonly<{ kind: 'placed'; order: CreatedOrder }>
  | EarlierOrder
  | HoldRefused
  | Refused<'cart-empty' | 'address-missing' | 'method-unavailable'>

export type PlaceOrder = (
  input: PlaceOrderInput,
  storeResponse: StoreResponse<CreatedOrder>,
) => Promise<PlaceOrderOutcome>

type Needs = Readonly<{
  db: Kysely<OrderingTables>
  cart: Pick<CartApi, 'linesOf'>
  catalog: Pick<CatalogApi, 'hold'>
  checkout: Checkout
  /** Milliseconds that a buyer has to pay; the hold lasts a quarter of an hour longer. */
  paymentTimeout: number
  now: Clock
}>

/** Places an order on held stock. A repeat with the same id and the same input finds its order and changes nothing. */
export const placeOrder =
  (needs: Needs): PlaceOrder =>
  async (input, storeResponse) => {
    const refusal = refusalOf(input)
    if (refusal) return refusal
    const earlier = input.id && (await findEarlierOrder(needs.db, input.id, hashOf(input)))
    if (earlier) return earlier

    const items = input.items.length > 0 ? input.items : await needs.cart.linesOf(input.user_id)
    if (items.length === 0) return { kind: 'refused', reason: 'cart-empty' }
    const now = needs.now()
    const id = input.id ?? newId()
    const expires_at = after(now, needs.paymentTimeout + minutes(15))
    const held = await needs.catalog.hold({ order_id: id, items, expected_total: input.expected_total, expires_at })
    if (held.kind === 'refused') return (await findEndedOrder(needs.db, held, input)) ?? held
    crashPoint('after-hold.before-order')

    const { user_id } = input
    for (let attempt = 1; attempt <= 5; attempt++) {
      const order = place({ id, user_id, number: orderNumber(now, randomInt) }, { terms: input, held, now })
      const outcome = await saveAndPublish(needs, { input, order, storeResponse })
      if (outcome.kind === 'refused' && outcome.reason === 'number-taken') continue
      if (outcome.kind === 'placed') crashPoint('after-order.before-answer')
      return outcome
    }
    throw new Error(`Drew five order numbers of ${now.getUTCFullYear()}, and each was taken`)
  }

/** A late retry may arrive after its order has ended. Answer with that order instead of `order-closed`. */
const findEndedOrder = async (db: Needs['db'], { reason }: HoldRefused, input: PlaceOrderInput) =>
  reason === 'order-closed' && input.id !== undefined ? await findEarlierOrder(db, input.id, hashOf(input)) : undefined

type Decided = Readonly<{ input: PlaceOrderInput; order: CreatedOrder; storeResponse: StoreResponse<CreatedOrder> }>

async function saveAndPublish({ db, checkout }: Needs, { input, order, storeResponse }: Decided) {
  const outcome = await transaction(
    db,
    async (tx) => {
      if (!(await insertOrder(tx, order, hashOf(input)))) return { kind: 'refused', reason: 'id-taken' } as const
      const state = order.payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
      const command = issueCommand('request-payment' as const)
      await concurrently(tx, [
        (tx) => checkout.start(tx, order.id, { state, commands: [command] }),
        (tx) =>
          publish(tx, [
            createdEvent(order, { from_cart: input.items.length === 0 }),
            requestPayment(order, command.event_id),
          ]),
      ])
      await storeResponse(tx, order)
      return { kind: 'placed', order } as const
    },
    // One number in a thousand million is drawn twice in a year.
    { conflicts: { orders_number_key: 'number-taken' } },
  )
  if (outcome.kind === 'refused' && outcome.reason === 'id-taken') {
    return (await findEarlierOrder(db, order.id, hashOf(input))) ?? outcome
  }
  return outcome
}

const createdEvent = (order: CreatedOrder, { from_cart }: { from_cart: boolean }) =>
  orderCreated({
    order_id: order.id,
    number: order.number,
    user_id: order.user_id,
    items: order.lines.map((line) => ({ ...line, title: line.title.ru })),
    total_amount: order.total_amount,
    currency: order.currency,
    payment_method: order.payment_method,
    delivery_method: order.delivery_method,
    from_cart,
  })
