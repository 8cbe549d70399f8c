import { randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { CartApi } from '#cart'
import type { CatalogApi, HoldOutcome, Wanted } from '#catalog'
import { concurrently, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { crashPoint } from '../crash-points.ts'
import type { StoreResponse } from '#platform/outcome'
import { issueCommand } from '#platform/saga'
import { after, minutes, newId, type Clock } from '#platform/values'
import type { Checkout } from '../checkout.ts'
import { orderCreated } from '../events.ts'
import { orderNumber } from '../order-number.ts'
import { place, termsFault, type Created, type Terms } from '../order.ts'
import type { OrderingTables } from '../tables.ts'
import { askPayment } from '../published.ts'
import { earlierOrder, hashOf, keepOrder, withFreshNumber } from './keep-order.ts'

export type Input = Terms &
  Readonly<{
    /** Chosen by the client, or undefined: then nobody can repeat it by id. */
    id?: string | undefined
    user_id: string
    /** Empty: the customer's cart is meant. */
    items: readonly Wanted[]
    expected_total?: number | undefined
  }>

export type Placed =
  | Readonly<{ kind: 'placed'; order: Created }>
  | Readonly<{ kind: 'repeated'; order_id: string }>
  | Extract<HoldOutcome, { kind: 'refused' }>
  | Readonly<{ kind: 'refused'; reason: 'cart-empty' | 'address-missing' | 'method-unavailable' | 'id-taken' }>

export type PlaceOrder = (input: Input, storeResponse: StoreResponse<Created>) => Promise<Placed>

type Needs = Readonly<{
  db: Kysely<OrderingTables>
  cart: Pick<CartApi, 'linesOf'>
  catalog: Pick<CatalogApi, 'hold'>
  checkout: Checkout
  /** Milliseconds a buyer may take to pay; the hold outlives it by a quarter of an hour. */
  paymentTimeout: number
  now: Clock
}>

/** Ask, decide, keep, tell. A wish that carries an id is safe to repeat: it finds its order and changes nothing. */
export const placeOrder =
  (needs: Needs): PlaceOrder =>
  async (input, storeResponse) => {
    const reason = termsFault(input)
    if (reason) return { kind: 'refused', reason }
    const earlier = input.id && (await earlierOrder(needs.db, input.id, input))
    if (earlier) return earlier

    const wants = input.items.length > 0 ? input.items : await needs.cart.linesOf(input.user_id)
    if (wants.length === 0) return { kind: 'refused', reason: 'cart-empty' }
    const now = needs.now()
    const order_id = input.id ?? newId()
    const expires_at = after(now, needs.paymentTimeout + minutes(15))
    const holding = await needs.catalog.hold({ order_id, wants, expected_total: input.expected_total, expires_at })
    if (holding.kind === 'refused') return (await standsMeanwhile(needs.db, holding, input)) ?? holding
    crashPoint('after-hold.before-order')

    return await withFreshNumber(async () => {
      const named = { id: order_id, user_id: input.user_id, number: orderNumber(now, randomInt) }
      return await keepAndTell(needs, {
        input,
        order: place({ named, terms: input, sold: holding, now }),
        storeResponse,
      })
    })
  }

/** A repeat that was overtaken by the whole life of its order finds the goods gone, and the order there. */
const standsMeanwhile = async (db: Needs['db'], { reason }: Extract<HoldOutcome, { kind: 'refused' }>, input: Input) =>
  reason === 'order-closed' && input.id !== undefined ? await earlierOrder(db, input.id, input) : undefined

type Decided = Readonly<{ input: Input; order: Created; storeResponse: StoreResponse<Created> }>

async function keepAndTell({ db, checkout }: Needs, { input, order, storeResponse }: Decided): Promise<Placed> {
  const isNew = await transaction(db, async (tx) => {
    if (!(await keepOrder(tx, order, hashOf(input)))) return false
    const first = order.payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
    const asking = issueCommand('ask-payment' as const)
    await concurrently(tx, [
      (tx) => checkout.start(tx, order.id, { state: first, commands: [asking] }),
      (tx) => publish(tx, [createdNews(order, input.items.length === 0), askPayment(order, asking.event_id)]),
    ])
    await storeResponse(tx, order)
    return true
  })
  if (!isNew) return (await earlierOrder(db, order.id, input)) ?? { kind: 'refused', reason: 'id-taken' }
  crashPoint('after-order.before-answer')
  return { kind: 'placed', order }
}

const createdNews = (order: Created, from_cart: boolean) =>
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
