import type { Transaction } from 'kysely'
import type { Address } from '#ordering/events'
import { afterCommit, transaction, type AnyTx } from '#platform/db'
import { publish, type PayloadOf } from '#platform/events'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import { courseOrderCreated, type basketConfirmed } from '../../events.ts'
import type { Geo } from '../../geo/geo.ts'
import type { Location } from '../location.ts'
import { newOrder, type Order } from '../order.ts'
import { findOrder, isCancelledBasket, type CourseDb, type CourseTables, type OrderRow } from '../store.ts'

type CreateOrderInput = Readonly<{
  /** The id of the basket. A repeat with the same id creates nothing. */
  id: string
  address: Address
  volume: number
  weight_grams?: number | undefined
  window?: Readonly<{ from: string; to: string }> | undefined
}>
export type CreatedOrder = Readonly<{ kind: 'created' | 'exists'; order: OrderRow }>
export type CreateOrderOutcome =
  | CreatedOrder
  | Refused<'volume-invalid' | 'address-missing' | 'window-invalid' | 'id-taken'>
export type CreateOrder = (
  input: CreateOrderInput,
  storeResponse: StoreResponse<CreatedOrder>,
) => Promise<CreateOrderOutcome>

type Needs = Readonly<{ db: CourseDb; now: Clock; geo: Geo; wake: () => void }>

/** Creates the order of a basket. A second message about the basket finds the order and publishes nothing. */
export const createOrder =
  ({ db, now, geo, wake }: Needs): CreateOrder =>
  async (input, storeResponse) => {
    const wrong = refusalOf(input)
    if (wrong) return wrong
    const existing = await findOrder(db, input.id)
    if (existing) return asRequested(input, existing)
    const order = newOrder({ ...input, location: await geo.locate(input.address) })
    if (isRefusal(order)) return order
    return await transaction(db, async (tx): Promise<CreateOrderOutcome> => {
      const row = await insertOrder(tx, { input, order, now: now() })
      if (!row) return asRequested(input, (await findOrder(tx, input.id))!)
      await publish(tx, [createdEventOf(order)])
      const created = { kind: 'created', order: row } as const
      await storeResponse(tx, created)
      afterCommit(tx, wake)
      return created
    })
  }

type Basket = PayloadOf<typeof basketConfirmed>
export type CreateOrderOfBasket = (tx: AnyTx, basket: Basket, location: Location) => Promise<void>

/**
 * Creates the order of a basket, in the transaction of its message. The first message about a basket wins. A basket whose
 * cancellation has arrived gets no order: the two messages may come through different partitions.
 */
export const createOrderOfBasket =
  ({ now, wake }: Pick<Needs, 'now' | 'wake'>): CreateOrderOfBasket =>
  async (tx, { order_id: id, ...basket }, location) => {
    const order = newOrder({ id, volume: basket.volume, location })
    if (isRefusal(order)) throw new TypeError(`The basket ${id} has no volume`)
    if (await isCancelledBasket(tx, id)) return
    if (!(await insertOrder(tx, { input: { id, ...basket }, order, now: now() }))) return
    await publish(tx, [createdEventOf(order)])
    afterCommit(tx, wake)
  }

const createdEventOf = ({ id, location, volume }: Order) => courseOrderCreated({ order_id: id, location, volume })

function refusalOf({ address, window }: CreateOrderInput): Refused<'address-missing' | 'window-invalid'> | undefined {
  const street = typeof address === 'string' ? address : address.street
  if (street.trim() === '') return { kind: 'refused', reason: 'address-missing' }
  return window && new Date(window.from) >= new Date(window.to)
    ? { kind: 'refused', reason: 'window-invalid' }
    : undefined
}

/** An order with other facts is no answer to this request. */
const asRequested = (
  { address, volume, weight_grams, window }: CreateOrderInput,
  order: OrderRow,
): CreateOrderOutcome =>
  volume === order.volume &&
  (weight_grams ?? null) === order.weight_grams &&
  isSameTime(window?.from, order.window_from) &&
  isSameTime(window?.to, order.window_to) &&
  canonicalJson(address) === canonicalJson(order.address)
    ? { kind: 'exists', order }
    : { kind: 'refused', reason: 'id-taken' }

const isSameTime = (text: string | undefined, time: Date | null): boolean =>
  (text === undefined ? undefined : new Date(text).getTime()) === time?.getTime()

type NewRow = Readonly<{ input: CreateOrderInput; order: Order & { location: Location }; now: Date }>

/** Returns undefined when the order exists. */
async function insertOrder(tx: Transaction<CourseTables>, { input, order, now }: NewRow) {
  return await tx
    .insertInto('dispatch.orders')
    .values({
      id: order.id,
      address: JSON.stringify(input.address),
      location_x: order.location.x,
      location_y: order.location.y,
      volume: order.volume,
      weight_grams: input.weight_grams ?? null,
      window_from: input.window ? new Date(input.window.from) : null,
      window_to: input.window ? new Date(input.window.to) : null,
      status: 'created',
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst()
}
