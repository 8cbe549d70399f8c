import type { Generated, JSONColumnType, Kysely, Selectable, Transaction } from 'kysely'
import type { NotFound } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { OrderState } from './order.ts'
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

type ShownOrder = Pick<OrderRow, (typeof shownColumns)[number]>
export type ListedOrder = Readonly<{ order: ShownOrder; lines: readonly Line[] }>
export type FoundOrder = ListedOrder &
  Readonly<{ kind: 'found'; timeline: readonly Omit<TimelineRow, 'id' | 'order_id'>[] }>

/** Finds an order of the user; without `user_id`, for staff, any order. */
export type ShowOrder = (order_id: string, user_id?: string) => Promise<FoundOrder | NotFound>

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

/** Locks an order until the transaction ends and returns its owner with the facts for a decision. */
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
