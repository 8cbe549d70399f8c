import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { constraintOf, type AnyTx } from '#platform/db'
import { weightOf, type Created } from '../order.ts'
import type { OrderingTables } from '../tables.ts'
import type { Placed, Input } from './place-order.ts'

/** What was asked for, whatever came of it: a repeat must ask for the same. */
export const hashOf = ({ id: _, ...asked }: Input): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(asked).toSorted(([one], [other]) => (one < other ? -1 : 1))))
    .digest()

/** The order that stands under `id` already: this wish repeated, or somebody else's. */
export async function earlierOrder(db: Kysely<OrderingTables>, id: string, input: Input): Promise<Placed | undefined> {
  const order = await db.selectFrom('ordering.orders').select('input_hash').where('id', '=', id).executeTakeFirst()
  if (!order) return undefined
  return order.input_hash.equals(hashOf(input))
    ? { kind: 'repeated', order_id: id }
    : { kind: 'refused', reason: 'id-taken' }
}

/** Order, lines and the first entry of the timeline in one statement. False when the id is taken. */
export async function keepOrder(tx: AnyTx, order: Created, input_hash: Buffer): Promise<boolean> {
  const address = order.delivery_address === null ? null : JSON.stringify(order.delivery_address)
  const { rows } = await sql`
    with kept as (
      insert into ordering.orders (
        id, number, user_id, total_amount, currency, weight_grams, payment_method, delivery_method, delivery_address,
        recipient_name, recipient_phone, comment, created_at, updated_at, input_hash)
      values (
        ${order.id}, ${order.number}, ${order.user_id}, ${order.total_amount}, ${order.currency}, ${weightOf(order.lines)},
        ${order.payment_method}, ${order.delivery_method}, ${address}::jsonb,
        ${order.recipient_name}, ${order.recipient_phone}, ${order.comment}, ${order.created_at}, ${order.created_at}, ${input_hash})
      on conflict (id) do nothing
      returning id
    ), lined as (
      insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity)
      select kept.id, line.position, (line.sold ->> 'variant_id')::uuid, (line.sold ->> 'product_id')::uuid, line.sold ->> 'sku',
             line.sold -> 'title', (line.sold ->> 'price')::bigint, (line.sold ->> 'weight_grams')::int, (line.sold ->> 'quantity')::int
      from kept, jsonb_array_elements(${JSON.stringify(order.lines)}::jsonb) with ordinality as line (sold, position)
    ), noted as (
      insert into ordering.timeline (order_id, at, event, status)
      select kept.id, ${order.created_at}, 'order-created', 'created' from kept
    )
    select id from kept
  `.execute(tx)
  return rows.length === 1
}

/** Tries again with another number while the one drawn is taken: one chance in a thousand million a year. */
export async function withFreshNumber<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let left = 4; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left === 0 || constraintOf(error) !== 'orders_number_key') throw error
    }
  }
}
