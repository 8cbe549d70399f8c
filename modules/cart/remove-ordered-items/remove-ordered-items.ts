import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import type { Line } from '../schema.ts'

type PlacedOrder = Readonly<{
  order_id: string
  user_id: string
  items: readonly Line[]
  coupon?: string | null | undefined
}>

export type RemoveOrderedItems = (tx: AnyTx, order: PlacedOrder) => Promise<void>

/** Removes the quantities of an order of the cart from it, once per order; pieces that were added meanwhile stay (CART-5), and so does a coupon that the order did not use. */
export const removeOrderedItems =
  ({ now }: Readonly<{ now: Clock }>): RemoveOrderedItems =>
  async (tx, order) =>
    await removeItems(tx, { ...order, now: now() })

type OrderFromCart = PlacedOrder & Readonly<{ now: Date }>

const removeItems = batched<OrderFromCart, void>(async (tx, orders) => {
  const lines = [...new Map(orders.map((order) => [order.order_id, order])).values()].flatMap(
    ({ order_id, user_id, items, coupon = null }) =>
      items.map(({ variant_id, quantity }) => ({ order_id, user_id, variant_id, quantity, coupon })),
  )
  await sql`select cart.remove_ordered_items(${JSON.stringify(lines)}::jsonb, ${orders[0]?.now})`.execute(tx)
})
