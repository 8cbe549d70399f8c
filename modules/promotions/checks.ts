import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { PromotionsDb } from './store/tables.ts'

/** The invariants of promotions, for `posad check`. */
export const promotionsChecks = (db: PromotionsDb): readonly Check[] => {
  const rowsOf = async (query: ReturnType<typeof sql<object>>) => (await query.execute(db)).rows
  return [
    {
      name: 'promotions.uses-are-redemptions',
      description: 'The uses of a promotion are those that its orders have not returned (CAT-14).',
      violations: async () =>
        await rowsOf(sql<object>`
          select promotion.id, promotion.uses, count(used.order_id) as redeemed
          from promotions.promotions promotion
            left join promotions.uses used on used.promotion_id = promotion.id and not used.is_returned
          group by promotion.id having promotion.uses <> count(used.order_id) limit 100`),
    },
    {
      name: 'promotions.uses-of-buyers-are-redemptions',
      description: 'The uses of a buyer are those that the orders of the buyer have not returned (CAT-14).',
      violations: async () =>
        await rowsOf(sql<object>`
          with redeemed as (
            select used.promotion_id, buyer_key, count(*) as uses
            from promotions.uses used join promotions.redemptions redemption using (order_id),
              unnest(redemption.buyer_keys) as buyer_key
            where not used.is_returned group by 1, 2
          )
          select promotion_id, coalesce(counted.uses, 0) as uses, coalesce(redeemed.uses, 0) as redeemed
          from promotions.buyer_uses counted full join redeemed using (promotion_id, buyer_key)
          where coalesce(counted.uses, 0) <> coalesce(redeemed.uses, 0) limit 100`),
    },
    {
      name: 'promotions.released-redemptions-use-nothing',
      description: 'A redemption that was released has returned its uses (CAT-14).',
      violations: async () =>
        await rowsOf(sql<object>`
          select redemption.order_id, used.promotion_id
          from promotions.redemptions redemption join promotions.uses used using (order_id)
          where redemption.state = 'released' and not used.is_returned limit 100`),
    },
    {
      name: 'promotions.first-orders-are-redeemed',
      description: 'Only an order with redeemed promotions is the discounted first order of its buyer (CAT-14).',
      violations: async () =>
        await rowsOf(sql<object>`
          select first.order_id, buyer_key from promotions.first_orders first
            left join promotions.redemptions redemption using (order_id)
          where redemption.state is distinct from 'redeemed' or buyer_key <> all(redemption.buyer_keys) limit 100`),
    },
  ]
}
