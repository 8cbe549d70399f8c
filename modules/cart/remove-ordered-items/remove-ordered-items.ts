import { sql, type Transaction } from 'kysely'
import type { Clock } from '#platform/values'
import type { Line } from '../schema.ts'
import type { CartTables } from '../store.ts'

type Tx = Transaction<CartTables>
type PlacedOrder = Readonly<{ order_id: string; user_id: string; items: readonly Line[]; from_cart: boolean }>

export type RemoveOrderedItems = (tx: Tx, order: PlacedOrder) => Promise<void>

/** Removes the ordered quantities from the user's cart; pieces that were added meanwhile stay (CART-5). */
export const removeOrderedItems =
  ({ now }: Readonly<{ now: Clock }>): RemoveOrderedItems =>
  async (tx, order) => {
    if (!order.from_cart) return
    const cart_id = await lockCartOnce(tx, order, now())
    if (cart_id !== undefined) await removeItems(tx, cart_id, order.items)
  }

/** Records the order as processed and locks the cart; undefined when the order was processed before. */
async function lockCartOnce(tx: Tx, { order_id, user_id }: PlacedOrder, now: Date) {
  const { rows } = await sql<{ id: string }>`
    with recorded as (
      insert into cart.processed_orders (order_id, processed_at) values (${order_id}, ${now})
      on conflict do nothing returning 1
    )
    select id from cart.carts where id = ${user_id} and exists (select from recorded) for update
  `.execute(tx)
  return rows[0]?.id
}

/** A second statement, so that it sees the items that other transactions added before the lock. */
const removeItems = (tx: Tx, cart_id: string, items: readonly Line[]) =>
  sql`
    with ordered as (
      select variant_id, sum(quantity) as quantity
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as item(variant_id uuid, quantity integer)
      group by variant_id
    ), deleted as (
      delete from cart.items item using ordered
      where item.cart_id = ${cart_id} and item.variant_id = ordered.variant_id and item.quantity <= ordered.quantity
    )
    update cart.items item set quantity = item.quantity - ordered.quantity from ordered
    where item.cart_id = ${cart_id} and item.variant_id = ordered.variant_id and item.quantity > ordered.quantity
  `.execute(tx)
