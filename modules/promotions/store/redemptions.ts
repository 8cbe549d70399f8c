import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'

type Returned = Readonly<{ order_ids: readonly string[]; which: 'all' | 'after-refund' }>

/**
 * Returns the uses of orders whose redemptions are locked: all, or only those of promotions that say so after a refund. A use
 * returns once. Promotions are locked in id order, as a redemption locks them, and the uses of buyers change under these locks.
 */
async function returnUses(tx: AnyTx, { order_ids, which }: Returned): Promise<void> {
  if (order_ids.length === 0) return
  await sql`
    with returned as (
      update promotions.uses used set is_returned = true
      where order_id = any(${order_ids}::uuid[]) and not is_returned and (${which} = 'all' or promotion_id in (
        select id from promotions.promotions where returns_use_on_refund))
      returning order_id, promotion_id
    ), locked as materialized (
      select promotion.id, returned.uses from promotions.promotions promotion
      join (select promotion_id, count(*)::int as uses from returned group by promotion_id) as returned
        on returned.promotion_id = promotion.id
      order by promotion.id for no key update of promotion
    ), counted as (
      update promotions.promotions promotion set uses = promotion.uses - locked.uses
      from locked where promotion.id = locked.id
    ), of_buyers as (
      select promotion_id, buyer_key, count(*)::int as uses
      from returned join locked on locked.id = returned.promotion_id
        join promotions.redemptions redemption using (order_id), unnest(redemption.buyer_keys) as buyer_key
      group by promotion_id, buyer_key
    )
    update promotions.buyer_uses own set uses = own.uses - of_buyers.uses
    from of_buyers where own.promotion_id = of_buyers.promotion_id and own.buyer_key = of_buyers.buyer_key
  `.execute(tx)
}

/**
 * Locks redemptions. An account may claim the order of a guest while a refund returns its uses: only a statement that starts
 * under the lock sees the buyers and the uses that the other transaction has saved.
 */
export const lockRedemptions = async (tx: AnyTx, order_ids: readonly string[]) =>
  await sql`
    select from promotions.redemptions where order_id = any(${order_ids}::uuid[]) order by order_id for update
  `.execute(tx)

/** Returns the uses of refunded orders, of the promotions that say so. */
export async function returnUsesAfterRefund(tx: AnyTx, order_ids: readonly string[]): Promise<void> {
  await lockRedemptions(tx, order_ids)
  await returnUses(tx, { order_ids, which: 'after-refund' })
}

const deleteFirstOrders = async (tx: AnyTx, order_ids: readonly string[]) =>
  await sql`delete from promotions.first_orders where order_id = any(${order_ids}::uuid[])`.execute(tx)

/** Releases redemptions and returns all their uses. A released redemption stays as it is. */
export async function releaseRedemptions(tx: AnyTx, order_ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ order_id: string }>`
    update promotions.redemptions set state = 'released', is_confirmed = false
    where order_id = any(array(
      select order_id from promotions.redemptions
      where order_id = any(${order_ids}::uuid[]) and state = 'redeemed' order by order_id for update))
      and state = 'redeemed'
    returning order_id
  `.execute(tx)
  const released = rows.map(({ order_id }) => order_id)
  await returnUses(tx, { order_ids: released, which: 'all' })
  if (released.length > 0) await deleteFirstOrders(tx, released)
}
