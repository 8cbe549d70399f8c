import { sql } from 'kysely'
import type { PromotionsDb } from './tables.ts'

type BuyerUsesOf = Readonly<{
  promotion_ids: readonly string[]
  buyer_keys: readonly string[]
  /** The order that is redeemed; null for a quote. */
  order_id: string | null
}>

/** `uses`: by promotion, the most that any of the keys has. `hasFirstOrder`: another order has a discount for first orders. */
type UsesOfBuyer = Readonly<{ uses: ReadonlyMap<string, number>; hasFirstOrder: boolean }>

/** The uses of a buyer. */
export async function listBuyerUses(
  db: PromotionsDb,
  { promotion_ids, buyer_keys, order_id }: BuyerUsesOf,
): Promise<UsesOfBuyer> {
  if (promotion_ids.length === 0 || buyer_keys.length === 0) return { uses: new Map(), hasFirstOrder: false }
  const { rows } = await sql<{ promotion_id: string | null; uses: number }>`
    select promotion_id, max(uses) as uses from promotions.buyer_uses
    where promotion_id = any(${promotion_ids}::uuid[]) and buyer_key = any(${buyer_keys}::text[])
    group by promotion_id
    union all
    select null, 1 from promotions.first_orders
    where buyer_key = any(${buyer_keys}::text[]) and order_id is distinct from ${order_id}::uuid
  `.execute(db)
  const counted = rows.flatMap(({ promotion_id, uses }) =>
    promotion_id === null ? [] : [[promotion_id, uses] as const],
  )
  return { uses: new Map(counted), hasFirstOrder: counted.length < rows.length }
}
