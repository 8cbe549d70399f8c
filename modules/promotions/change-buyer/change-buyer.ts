import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { accountKeyOf } from '../store/buyer-keys.ts'
import { lockRedemptions } from '../store/redemptions.ts'

type NewBuyer = Readonly<{ order_id: string; user_id: string }>

/**
 * Lets the uses of an order count for another account: the order of a guest was claimed, or accounts were merged. It goes on
 * counting by the contacts of the guest. Two accounts may have used a promotion more often than one may; the survivor then uses it no
 * further.
 */
export async function changeBuyer(tx: AnyTx, { order_id, user_id }: NewBuyer): Promise<void> {
  await lockRedemptions(tx, [order_id])
  await sql`
    with redemption as materialized (
      select order_id, buyer_keys as before, array(
        select buyer_key from unnest(buyer_keys) as buyer_key where buyer_key not like 'account:%'
        union all select ${accountKeyOf(user_id)}) as after
      from promotions.redemptions where order_id = ${order_id}
    ), locked as materialized (
      select promotion.id from promotions.promotions promotion
      where id in (select promotion_id from promotions.uses join redemption using (order_id) where not is_returned)
      order by id for no key update
    ), moved as (
      update promotions.redemptions own set buyer_keys = redemption.after
      from redemption where own.order_id = redemption.order_id and redemption.before <> redemption.after
      returning redemption.before, redemption.after
    ), not_first as (
      delete from promotions.first_orders own using moved
      where own.order_id = ${order_id} and own.buyer_key <> all(moved.after)
    ), first as (
      insert into promotions.first_orders (buyer_key, order_id)
      select buyer_key, ${order_id}::uuid from moved, unnest(moved.after) as buyer_key
      where exists (select from promotions.first_orders where order_id = ${order_id}) order by 1
      on conflict (buyer_key) do nothing
    ), change as (
      select locked.id as promotion_id, buyer_key, sum(count)::integer as count
      from locked, moved, lateral (
        select unnest(moved.before) as buyer_key, -1 as count union all select unnest(moved.after), 1) as each
      group by locked.id, buyer_key having sum(count) <> 0
    )
    insert into promotions.buyer_uses as own (promotion_id, buyer_key, uses, max_uses)
    select promotion_id, buyer_key, greatest(count, 0), null from change order by 1, 2
    on conflict (promotion_id, buyer_key) do update set max_uses = null, uses = own.uses + (
      select count from change where change.promotion_id = own.promotion_id and change.buyer_key = own.buyer_key)
  `.execute(tx)
}
