import { randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Cart } from '#cart'
import type { Catalog, Holding, Wanted } from '#catalog'
import { sideBySide, transaction } from '#platform/db'
import { tell } from '#platform/events'
import { crashpoint } from '#platform/faults'
import type { Remember } from '#platform/http'
import { issue } from '#platform/saga'
import { after, minutes, newId, type Clock } from '#platform/words'
import type { Checkout } from '../checkout.ts'
import { orderCreated } from '../events.ts'
import { orderNumber } from '../order-number.ts'
import { place, termsFault, type Created, type Terms } from '../order.ts'
import type { OrderingTables } from '../tables.ts'
import { askPayment } from '../news.ts'
import { earlierOrder, hashOf, keepOrder, withFreshNumber } from './keep-order.ts'

export type Wish = Terms &
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
  | Extract<Holding, { kind: 'refused' }>
  | Readonly<{ kind: 'refused'; because: 'cart-empty' | 'address-missing' | 'method-unavailable' | 'id-taken' }>

export type PlaceOrder = (wish: Wish, remember: Remember<Created>) => Promise<Placed>

type Needs = Readonly<{
  db: Kysely<OrderingTables>
  cart: Pick<Cart, 'linesOf'>
  catalog: Pick<Catalog, 'hold'>
  checkout: Checkout
  /** Milliseconds a buyer may take to pay; the hold outlives it by a quarter of an hour. */
  paymentTimeout: number
  now: Clock
}>

/** Ask, decide, keep, tell. A wish that carries an id is safe to repeat: it finds its order and changes nothing. */
export const placeOrder =
  (needs: Needs): PlaceOrder =>
  async (wish, remember) => {
    const because = termsFault(wish)
    if (because) return { kind: 'refused', because }
    const earlier = wish.id && (await earlierOrder(needs.db, wish.id, wish))
    if (earlier) return earlier

    const wants = wish.items.length > 0 ? wish.items : await needs.cart.linesOf(wish.user_id)
    if (wants.length === 0) return { kind: 'refused', because: 'cart-empty' }
    const now = needs.now()
    const order_id = wish.id ?? newId()
    const expires_at = after(now, needs.paymentTimeout + minutes(15))
    const holding = await needs.catalog.hold({ order_id, wants, expected_total: wish.expected_total, expires_at })
    if (holding.kind === 'refused') return (await standsMeanwhile(needs.db, holding, wish)) ?? holding
    crashpoint('ordering.after-hold.before-order')

    return await withFreshNumber(async () => {
      const named = { id: order_id, user_id: wish.user_id, number: orderNumber(now, randomInt) }
      return await keepAndTell(needs, { wish, order: place({ named, terms: wish, sold: holding, now }), remember })
    })
  }

/** A repeat that was overtaken by the whole life of its order finds the goods gone, and the order there. */
const standsMeanwhile = async (db: Needs['db'], { because }: Extract<Holding, { kind: 'refused' }>, wish: Wish) =>
  because === 'order-over' && wish.id !== undefined ? await earlierOrder(db, wish.id, wish) : undefined

type Decided = Readonly<{ wish: Wish; order: Created; remember: Remember<Created> }>

async function keepAndTell({ db, checkout }: Needs, { wish, order, remember }: Decided): Promise<Placed> {
  const isNew = await transaction(db, async (tx) => {
    if (!(await keepOrder(tx, order, hashOf(wish)))) return false
    const first = order.payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
    const asking = issue('ask-payment' as const)
    await sideBySide(tx, [
      (tx) => checkout.start(tx, order.id, { state: first, commands: [asking] }),
      (tx) => tell(tx, [createdNews(order, wish.items.length === 0), askPayment(order, asking.event_id)]),
    ])
    await remember(tx, order)
    return true
  })
  if (!isNew) return (await earlierOrder(db, order.id, wish)) ?? { kind: 'refused', because: 'id-taken' }
  crashpoint('ordering.after-order.before-answer')
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
