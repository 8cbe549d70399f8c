import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Refused } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import { weightOf, type CreatedOrder } from '../order.ts'
import type { OrderingTables } from '../store.ts'

/** The hash of a request without its id: a repeat must have the same. */
export const hashOf = ({ id: _, ...asked }: Readonly<{ id?: string | undefined }>): Buffer =>
  createHash('sha256').update(canonicalJson(asked)).digest()

export type EarlierOrder = Readonly<{ kind: 'repeated'; order_id: string }> | Refused<'id-taken'>

/** Finds an order under `id`: an earlier attempt of the same request made it, or the id is taken. */
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

/** Inserts the order, its lines and the first entry of its timeline in one statement. False when the id is taken. */
export async function insertOrder(tx: AnyTx, order: CreatedOrder, input_hash: Buffer): Promise<boolean> {
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
      on conflict (id) do nothing
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
