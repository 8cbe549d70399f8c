import { sql, type Kysely, type Transaction } from 'kysely'
import type { Refused } from '#platform/outcome'
import type { OpenCount } from '../open-orders.ts'
import { weightOf, type CreatedOrder, type UnnumberedOrder } from '../order.ts'
import type { OrderingTables } from '../store.ts'

type Insertion = Readonly<{
  input_hash: Buffer
  /** The order counts as open by these keys. */
  buyer_keys: readonly string[]
  drawNumber: () => string
}>

/** `open`: the other open orders of the buyer. No order of the same buyer is placed until the transaction ends. */
type Inserted = Readonly<{ kind: 'inserted'; order: CreatedOrder; open: readonly OpenCount[] }>

/**
 * Inserts the order under a number that no other order has, with its lines and the first entry of its timeline. Refuses
 * when the id is taken. One number in a thousand million is drawn twice in a year.
 */
export async function insertOrder(
  tx: Transaction<OrderingTables>,
  unnumbered: UnnumberedOrder,
  { drawNumber, ...rest }: Insertion,
): Promise<Inserted | Refused<'id-taken'>> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const order = { ...unnumbered, number: drawNumber() }
    const open = await insertUnlessTaken(tx, order, rest)
    if (open) return { kind: 'inserted', order, open }
    const { id } = order
    const taken = await tx.selectFrom('ordering.orders').select('id').where('id', '=', id).executeTakeFirst()
    if (taken) return { kind: 'refused', reason: 'id-taken' }
  }
  throw new Error(`Five numbers were drawn for order ${unnumbered.id}, and each was taken`)
}

/**
 * One statement. Undefined when the id or the number is taken. It locks and counts before it inserts: two requests for one
 * order would otherwise wait for each other, one for the lock and one for the id.
 */
async function insertUnlessTaken(
  tx: Transaction<OrderingTables>,
  order: CreatedOrder,
  { input_hash, buyer_keys }: Omit<Insertion, 'drawNumber'>,
): Promise<readonly OpenCount[] | undefined> {
  const address = order.delivery_address === null ? null : JSON.stringify(order.delivery_address)
  const variants = order.lines.map(({ variant_id }) => variant_id)
  const { rows } = await sql<{ open: OpenCount[] | null }>`
    with counted as materialized (
      select * from ordering.lock_and_count_open(${buyer_keys}::text[], ${variants}::uuid[])
    ), inserted as (
      insert into ordering.orders (
        id, number, user_id, total_amount, currency, weight_grams, payment_method, delivery_method, pickup_point_id, delivery_address,
        recipient_name, recipient_phone, comment, created_at, updated_at, input_hash)
      select
        ${order.id}::uuid, ${order.number}, ${order.user_id}::uuid, ${order.total_amount}::bigint, ${order.currency},
        ${weightOf(order.lines)}::bigint, ${order.payment_method}, ${order.delivery_method},
        ${order.pickup_point_id}::uuid, ${address}::jsonb,
        ${order.recipient_name}, ${order.recipient_phone}, ${order.comment}, ${order.created_at}::timestamptz,
        ${order.created_at}::timestamptz, ${input_hash}::bytea
      from (select count(*) from counted) as locked
      on conflict do nothing
      returning id
    ), lines as (
      insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity)
      select inserted.id, line.position, (line.sold ->> 'variant_id')::uuid, (line.sold ->> 'product_id')::uuid, line.sold ->> 'sku',
             line.sold -> 'title', (line.sold ->> 'price')::bigint, (line.sold ->> 'weight_grams')::int, (line.sold ->> 'quantity')::int
      from inserted, jsonb_array_elements(${JSON.stringify(order.lines)}::jsonb) with ordinality as line (sold, position)
    ), timeline as (
      insert into ordering.timeline (order_id, number, at, event, status)
      select inserted.id, 1, ${order.created_at}, 'order-created', 'created' from inserted
    ), opened as (
      insert into ordering.open_orders (buyer_key, order_id)
      select buyer_key, inserted.id from inserted, unnest(${buyer_keys}::text[]) as buyer_key
    )
    select (select jsonb_agg(counted) from counted) as open from inserted
  `.execute(tx)
  const [row] = rows
  return row && (row.open ?? [])
}

/** Counts the open orders of a buyer without a lock: the count may be outdated at once. */
export async function countOpen(
  db: Kysely<OrderingTables>,
  buyer_keys: readonly string[],
  variants: readonly string[],
): Promise<readonly OpenCount[]> {
  const { rows } = await sql<OpenCount>`
    select * from ordering.count_open(${buyer_keys}::text[], ${variants}::uuid[])
  `.execute(db)
  return rows
}
