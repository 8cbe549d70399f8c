import {
  expressionBuilder,
  sql,
  type Expression,
  type Generated,
  type JSONColumnType,
  type Kysely,
  type Selectable,
  type Transaction,
} from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { HeldLine } from '#catalog'
import type { PaymentStatus } from '#payments/events'
import type { Refused } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { CheckoutState } from './checkout.ts'
import type { OrderState } from './order.ts'
import type { ReturnTables } from './returns/store/tables.ts'
import type { Owned } from './order-access.ts'
import type { DraftContent } from './request-schema.ts'
import type { Address, DeliveryMethod, Discount, OrderStatus, PaymentMethod } from './schema.ts'

type Orders = {
  id: string
  number: string
  user_id: string
  merged_from: Generated<string | null>
  contact_email: string | null
  contact_phone: string | null
  link_version: number | null
  claimed_at: Date | null
  status: Generated<OrderStatus>
  total_amount: number
  items_amount: number
  discount_amount: number
  delivery_fee: number
  delivery_discount: number
  currency: string
  coupon: string | null
  discounts: JSONColumnType<readonly Discount[]>
  weight_grams: number
  payment_method: PaymentMethod
  delivery_method: DeliveryMethod
  pickup_point_id: string | null
  delivery_address: Address | null
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  payment_id: string | null
  payment_status: PaymentStatus | null
  shipment_id: string | null
  shipment_status: string | null
  goods_left: Generated<boolean>
  created_at: Date
  paid_at: Date | null
  shipped_at: Date | null
  fulfilled_at: Date | null
  cancelled_at: Date | null
  reason: string | null
  updated_at: Date
  input_hash: Buffer
  cart_version: string | null
  revision: Generated<number>
  payment_revision: Generated<number>
}

type Edits = {
  id: string
  order_id: string
  revision: number
  user_id: string | null
  total_before: number
  total_after: number
  edited_at: Date
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
  discount_amount: number
  components: JSONColumnType<NonNullable<HeldLine['components']>> | null
  returned_quantity: Generated<number>
  returned_amount: Generated<number>
}

type Timeline = {
  order_id: string
  number: number
  event_id: string | null
  at: Date
  event: string
  status: OrderStatus
  reason: string | null
  shipment_status: string | null
  amount: number | null
}

type Notes = { id: string; order_id: string; user_id: string | null; text: string; created_at: Date }

type Drafts = {
  id: string
  content: JSONColumnType<DraftContent>
  version: string
  user_id: string | null
  order_id: string | null
  created_at: Date
  updated_at: Date
}

/** An open order counts by each key of its buyer. Its rows are deleted when it is paid, fulfilled or cancelled. */
type OpenOrders = { buyer_key: string; order_id: string; counts_until: Date | null; network: string | null }

export type OrderingTables = ReturnTables & {
  'ordering.orders': Orders
  'ordering.lines': Lines
  'ordering.timeline': Timeline
  'ordering.notes': Notes
  'ordering.open_orders': OpenOrders
  'ordering.edits': Edits
  'ordering.drafts': Drafts
  'ordering.merged_accounts': { merge_id: string; user_id: string; into_id: string; is_reverted: boolean }
  'ordering.deleted_buyers': { user_id: string; deleted_at: Date }
}

export type OrderingDb = Kysely<OrderingTables>

export type OrderRow = Selectable<Orders>
export type TimelineRow = Selectable<Timeline>
export type DraftRow = Selectable<Drafts>
export type NoteRow = Selectable<Notes>

/** The columns that a response may show. */
export const shownColumns = [
  'id',
  'number',
  'user_id',
  'contact_email',
  'contact_phone',
  'link_version',
  'status',
  'total_amount',
  'items_amount',
  'discount_amount',
  'delivery_fee',
  'delivery_discount',
  'currency',
  'coupon',
  'discounts',
  'payment_method',
  'delivery_method',
  'pickup_point_id',
  'delivery_address',
  'recipient_name',
  'recipient_phone',
  'comment',
  'payment_id',
  'payment_status',
  'shipment_id',
  'shipment_status',
  'reason',
  'revision',
  'created_at',
  'updated_at',
] as const

/** The lines of an order as JSON: a column of the query that reads the order. */
export const linesOf = (order_id: Expression<string>) =>
  jsonArrayFrom(
    expressionBuilder<OrderingTables>()
      .selectFrom('ordering.lines')
      .select(['variant_id', 'product_id', 'sku', 'title', 'price', 'weight_grams', 'quantity', 'discount_amount'])
      .where('order_id', '=', order_id)
      .orderBy('position'),
  )

/** The notes of staff about an order, oldest first. */
export const listNotes = async (db: OrderingDb, order_id: string): Promise<readonly NoteRow[]> =>
  await db
    .selectFrom('ordering.notes')
    .selectAll()
    .where('order_id', '=', order_id)
    .orderBy('created_at')
    .orderBy('id')
    .execute()

const awaitingPayment: CheckoutState = 'awaiting-payment'

/**
 * The end of the time to pay, which is the timeout of the checkout; null unless the order waits for its payment. The status
 * is no condition of the read: PostgreSQL would search all running checkouts by it.
 */
export const payUntilOf = (order_id: Expression<string>) => sql<Date | null>`(
  select case when state = ${awaitingPayment} and status = 'running' then timeout_at end
  from platform.saga where type = 'ordering.checkout' and key = ${order_id}
)`

/** Locks an order until the transaction ends and returns who may open it and the facts for a decision. */
export const lockOrderState = async (
  tx: Transaction<OrderingTables>,
  order_id: string,
): Promise<(OrderState & Owned) | undefined> =>
  await tx
    .selectFrom('ordering.orders')
    .select(['user_id', 'link_version', 'status', 'shipment_status', 'payment_method', 'reason'])
    .where('id', '=', order_id)
    .forUpdate()
    .executeTakeFirst()

export type EarlierOrder = Readonly<{ kind: 'repeated'; order_id: string }> | Refused<'id-taken'>

/** `cart_version` names the lines that an order takes when the client gave it no id. */
type EarlierKey = Readonly<{ id?: string | undefined; cart_version?: string | null }>

/** The content of an order, and the version of its first link. */
type FirstOrder = Readonly<{ input_hash: Buffer; link_version: number | null }>

/**
 * Finds an order under the id or of the same lines: an earlier attempt of the same request placed it, or the id is taken. Its
 * answer has the link of the order, which is a secret: once that was renewed or ended, there is no repeat.
 */
export async function findEarlierOrder(
  db: OrderingDb,
  { id, cart_version }: EarlierKey,
  { input_hash, link_version }: FirstOrder,
): Promise<EarlierOrder | undefined> {
  if (id === undefined && !cart_version) return undefined
  const [column, value] = id === undefined ? (['cart_version', cart_version] as const) : (['id', id] as const)
  const query = db.selectFrom('ordering.orders').select(['id', 'input_hash', 'link_version']).where(column, '=', value!)
  const order = await query.executeTakeFirst()
  if (!order) return undefined
  const isRepeat = order.input_hash.equals(input_hash) && order.link_version === link_version
  if (isRepeat) return { kind: 'repeated', order_id: order.id }
  return id === undefined ? undefined : { kind: 'refused', reason: 'id-taken' }
}

/** The account that has the orders of `user_id` now: the survivor, if it was merged. No merge of it is handled until the transaction ends. */
export async function ownerOf(tx: Transaction<OrderingTables>, user_id: string): Promise<string> {
  const { rows } = await sql<{ owner_id: string | null }>`select ordering.owner_of(${user_id}) as owner_id`.execute(tx)
  return rows[0]?.owner_id ?? user_id
}

export const findDraft = async (db: OrderingDb, id: string): Promise<DraftRow | undefined> =>
  await db.selectFrom('ordering.drafts').selectAll().where('id', '=', id).executeTakeFirst()

export type DraftVersion = Pick<DraftRow, 'id' | 'version'>

/** Notes the order that a draft became. False when the draft has changed, was deleted or became another order. */
export async function takeDraft(
  tx: Transaction<OrderingTables>,
  { id, version }: DraftVersion,
  order_id: string,
): Promise<boolean> {
  const taken = await tx
    .updateTable('ordering.drafts')
    .set({ order_id })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('order_id', 'is', null)
    .executeTakeFirst()
  return taken.numUpdatedRows === 1n
}
