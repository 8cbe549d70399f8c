import { sql, type Transaction } from 'kysely'
import { orderCreated } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Line } from '../cart.ts'
import type { CartTables } from '../tables.ts'

/** What was ordered leaves the cart it came from, and what was added meanwhile stays (CART-5). */
export const takeOrdered = (now: Clock): Subscription =>
  subscribe(orderCreated, async (tx: Transaction<CartTables>, { payload }) => {
    if (!payload.from_cart) return
    const cart_id = await claim(tx, payload, now())
    if (cart_id !== undefined) await takeOut(tx, cart_id, payload.items)
  })

type Ordered = Readonly<{ order_id: string; user_id: string }>

/** Notes that the order has taken its goods and locks the cart; undefined when it has done so before. */
async function claim(tx: Transaction<CartTables>, { order_id, user_id }: Ordered, now: Date) {
  const { rows } = await sql<{ id: string }>`
    with claimed as (
      insert into cart.taken_orders (order_id, taken_at) values (${order_id}, ${now}) on conflict do nothing returning 1
    )
    select id from cart.carts where id = ${user_id} and exists (select from claimed) for update
  `.execute(tx)
  return rows[0]?.id
}

/** A second statement after the lock: it must see what others put into the cart before we had it. */
const takeOut = (tx: Transaction<CartTables>, cart_id: string, items: readonly Line[]) =>
  sql`
    with ordered as (
      select variant_id, sum(quantity) as quantity
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as item(variant_id uuid, quantity integer)
      group by variant_id
    ), gone as (
      delete from cart.items item using ordered
      where item.cart_id = ${cart_id} and item.variant_id = ordered.variant_id and item.quantity <= ordered.quantity
    )
    update cart.items item set quantity = item.quantity - ordered.quantity from ordered
    where item.cart_id = ${cart_id} and item.variant_id = ordered.variant_id and item.quantity > ordered.quantity
  `.execute(tx)
