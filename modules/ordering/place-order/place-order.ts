import { randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { CartApi } from '#cart'
import type { CatalogApi, HoldItem, HoldOutcome } from '#catalog'
import { concurrently, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import { issueCommand } from '#platform/saga'
import { after, minutes, type Clock } from '#platform/values'
import type { Checkout, CheckoutState } from '../checkout.ts'
import { crashPoint } from '../crash-points.ts'
import { placedEvents } from '../order-events.ts'
import { place, refusalOf, type CreatedOrder, type UnnumberedOrder } from '../order.ts'
import type { Terms } from '../schema.ts'
import { findEarlierOrder, hashOf, insertOrder, type EarlierOrder, type OrderingTables } from '../store.ts'
import { orderNumber } from './order-number.ts'

export type PlaceOrderInput = Terms &
  Readonly<{
    /** Chosen by the client, which may then repeat the request safely; undefined: the order gets `operation_id`. */
    id?: string | undefined
    /** A retry of the same request has the same. */
    operation_id: string
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
  now: Clock
}>

/** Places an order on held stock. A repeat with the same id and the same input finds its order and changes nothing. */
export const placeOrder =
  ({ db, cart, catalog, checkout, now }: Needs): PlaceOrder =>
  async (input, storeResponse) => {
    const refusal = refusalOf(input)
    if (refusal) return refusal
    const id = input.id ?? input.operation_id
    const { user_id, expected_total } = input
    const input_hash = hashOf(input)
    const findEarlier = async () => (input.id === undefined ? undefined : await findEarlierOrder(db, id, input_hash))
    const earlier = await findEarlier()
    if (earlier) return earlier

    const items = input.items.length > 0 ? input.items : await cart.linesOf(user_id)
    if (items.length === 0) return { kind: 'refused', reason: 'cart-empty' }
    const placed_at = now()
    // The hold lasts a quarter of an hour longer than the time to pay.
    const expires_at = after(placed_at, checkout.timeLimitOf('awaiting-payment') + minutes(15))
    const held = await catalog.hold({ order_id: id, items, expected_total, expires_at })
    if (held.kind === 'refused') {
      // A late retry may arrive after its order has ended, or after its cart has changed. Answer with that order.
      const isOfEarlierOrder = held.reason === 'order-closed' || held.reason === 'id-taken'
      return (isOfEarlierOrder ? await findEarlier() : undefined) ?? held
    }
    crashPoint('after-hold.before-order')

    const unnumbered = place({ id, user_id }, { terms: input, held, now: placed_at })
    const outcome = await transaction(db, async (tx) => {
      const drawNumber = () => orderNumber(placed_at, randomInt)
      const order = await insertOrder(tx, unnumbered, { input_hash, drawNumber })
      if (isRefusal(order)) return order
      const command = issueCommand('request-payment' as const)
      const events = placedEvents(order, { from_cart: input.items.length === 0, request_id: command.event_id })
      await concurrently(tx, [
        (tx) => checkout.start(tx, id, { state: firstStateOf(order), commands: [command] }),
        (tx) => publish(tx, events),
      ])
      await storeResponse(tx, order)
      return { kind: 'placed', order } as const
    })
    if (outcome.kind === 'refused') return (await findEarlier()) ?? outcome
    crashPoint('after-order.before-answer')
    return outcome
  }

const firstStateOf = ({ payment_method }: Pick<UnnumberedOrder, 'payment_method'>): CheckoutState =>
  payment_method === 'online' ? 'starting-payment' : 'accepting-cash'
