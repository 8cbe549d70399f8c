import { createHash } from 'node:crypto'
import { sql, type Generated, type JSONColumnType, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Refused } from '#platform/outcome'
import { canonicalJson, type Localized } from '#platform/values'
import { weightOf, type CreatedOrder, type OrderState, type UnnumberedOrder } from './order.ts'
import type { Address, DeliveryMethod, Line, OrderStatus, PaymentMethod } from './schema.ts'

type Orders = {
  id: string
  number: string
  user_id: string
  status: Generated<OrderStatus>
  total_amount: number
  currency: string
  weight_grams: number
  payment_method: PaymentMethod
  delivery_method: DeliveryMethod
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  payment_id: string | null
  payment_status: string | null
  shipment_id: string | null
  shipment_status: string | null
  created_at: Date
  paid_at: Date | null
  shipped_at: Date | null
  fulfilled_at: Date | null
  cancelled_at: Date | null
  reason: string | null
  updated_at: Date
  input_hash: Buffer
}

type Lines = {
  order_id: string
  position: number
  variant_id: string
  product_id: string
  sku: string
  title: JSONColumnType<Localized>
  price: number
  weight_grams: number
  quantity: number
}

type Timeline = {
  id: Generated<number>
  order_id: string
  at: Date
  event: string
  status: OrderStatus
  reason: string | null
  shipment_status: string | null
}

export type OrderingTables = {
  'ordering.orders': Orders
  'ordering.lines': Lines
  'ordering.timeline': Timeline
}

export type OrderRow = Selectable<Orders>
export type TimelineRow = Selectable<Timeline>

/** The columns that a response may show. */
export const shownColumns = [
  'id',
  'number',
  'user_id',
  'status',
  'total_amount',
  'currency',
  'payment_method',
  'delivery_method',
  'delivery_address',
  'recipient_name',
  'recipient_phone',
  'comment',
  'payment_id',
  'payment_status',
  'shipment_id',
  'shipment_status',
  'reason',
  'created_at',
  'updated_at',
] as const

/** The lines of many orders in one statement, by order. */
export async function listLines(
  db: Kysely<OrderingTables>,
  order_ids: readonly string[],
): Promise<Map<string, Line[]>> {
  const rows = await db
    .selectFrom('ordering.lines')
    .selectAll()
    .where('order_id', '=', (eb) => eb.fn.any(eb.val(order_ids)))
    .orderBy('order_id')
    .orderBy('position')
    .execute()
  const byOrder = new Map<string, Line[]>()
  for (const { order_id, position: _, ...line } of rows) {
    const lines = byOrder.get(order_id)
    if (lines) lines.push(line)
    else byOrder.set(order_id, [line])
  }
  return byOrder
}

/** Locks an order until the transaction ends and returns its owner and the facts for a decision. */
export const lockOrderState = async (
  tx: Transaction<OrderingTables>,
  order_id: string,
): Promise<(OrderState & Readonly<{ user_id: string }>) | undefined> =>
  await tx
    .selectFrom('ordering.orders')
    .select(['user_id', 'status', 'shipment_status', 'payment_method', 'reason'])
    .where('id', '=', order_id)
    .forUpdate()
    .executeTakeFirst()

type Request = Readonly<{ id?: string | undefined; operation_id: string }>

/** The hash of a request without its ids. A repeat has the same. */
export const hashOf = ({ id: _id, operation_id: _operation, ...request }: Request): Buffer =>
  createHash('sha256').update(canonicalJson(request)).digest()

export type EarlierOrder = Readonly<{ kind: 'repeated'; order_id: string }> | Refused<'id-taken'>

/** Finds an order under `id`: an earlier attempt of the same request placed it, or the id is taken. */
export async function findEarlierOrder(
  db: Kysely<OrderingTables>,
  id: string,
  input_hash: Buffer,
): Promise<EarlierOrder | undefined> {
  const order = await db.selectFrom('ordering.orders').select('input_hash').where('id', '=', id).executeTakeFirst()
  if (!order) return undefined
  return order.input_hash.equals(input_hash)
    ? { kind: 'repeated', order_id: id }
    : { kind: 'refused', reason: 'id-taken' }
}

type Insertion = Readonly<{ input_hash: Buffer; drawNumber: () => string }>

/**
 * Inserts the order under a number that no other order has, with its lines and the first entry of its timeline. Refuses
 * when the id is taken. One number in a thousand million is drawn twice in a year.
 */
export async function insertOrder(
  tx: Transaction<OrderingTables>,
  unnumbered: UnnumberedOrder,
  { input_hash, drawNumber }: Insertion,
): Promise<CreatedOrder | Refused<'id-taken'>> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const order = { ...unnumbered, number: drawNumber() }
    if (await insertUnlessTaken(tx, order, input_hash)) return order
    const { id } = order
    const taken = await tx.selectFrom('ordering.orders').select('id').where('id', '=', id).executeTakeFirst()
    if (taken) return { kind: 'refused', reason: 'id-taken' }
  }
  throw new Error(`Five numbers were drawn for order ${unnumbered.id}, and each was taken`)
}

/** One statement. False when the id or the number is taken. */
async function insertUnlessTaken(
  tx: Transaction<OrderingTables>,
  order: CreatedOrder,
  input_hash: Buffer,
): Promise<boolean> {
  const address = order.delivery_address === null ? null : JSON.stringify(order.delivery_address)
  const { rows } = await sql`
    with inserted as (
      insert into ordering.orders (
        id, number, user_id, total_amount, currency, weight_grams, payment_method, delivery_method, delivery_address,
        recipient_name, recipient_phone, comment, created_at, updated_at, input_hash)
      values (
        ${order.id}, ${order.number}, ${order.user_id}, ${order.total_amount}, ${order.currency}, ${weightOf(order.lines)},
        ${order.payment_method}, ${order.delivery_method}, ${address}::jsonb,
        ${order.recipient_name}, ${order.recipient_phone}, ${order.comment}, ${order.created_at}, ${order.created_at}, ${input_hash})
      on conflict do nothing
      returning id
    ), lines as (
      insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity)
      select inserted.id, line.position, (line.sold ->> 'variant_id')::uuid, (line.sold ->> 'product_id')::uuid, line.sold ->> 'sku',
             line.sold -> 'title', (line.sold ->> 'price')::bigint, (line.sold ->> 'weight_grams')::int, (line.sold ->> 'quantity')::int
      from inserted, jsonb_array_elements(${JSON.stringify(order.lines)}::jsonb) with ordinality as line (sold, position)
    ), timeline as (
      insert into ordering.timeline (order_id, at, event, status)
      select inserted.id, ${order.created_at}, 'order-created', 'created' from inserted
    )
    select id from inserted
  `.execute(tx)
  return rows.length === 1
}
