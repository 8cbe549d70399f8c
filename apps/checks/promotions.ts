import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Orders and the promotions that they use. */
export const promotionChecks: readonly CrossCheck[] = [
  // The job of promotions releases a redemption without an order two minutes after its last claim, and runs every minute.
  {
    name: 'redemption-has-order',
    description:
      'Every redemption that is older than four minutes has an order that lives, with the same discount unless staff edited the order.',
    modules: ['promotions', 'ordering'],
    violations: sql`
      select redemption.order_id, redemption.redeemed_at, placed.status
      from promotions.redemptions as redemption left join ordering.orders as placed on placed.id = redemption.order_id
      where redemption.state = 'redeemed' and redemption.redeemed_at < now() - interval '4 minutes'
        and (placed.id is null
          or (placed.status = 'cancelled' and placed.cancelled_at < now() - interval '5 minutes')
          or placed.revision = 1 and placed.discount_amount is distinct from (
            select sum(discount_amount) from promotions.uses where order_id = redemption.order_id))
      limit 100
    `,
  },
  {
    name: 'discounted-order-has-redemption',
    description: 'Every promotion of an order that lives is counted as used by it, unless a refund returned the use.',
    modules: ['promotions', 'ordering'],
    violations: sql`
      select placed.id as order_id, discount ->> 'promotion_id' as promotion_id
      from ordering.orders as placed, jsonb_array_elements(placed.discounts) as discount
      where placed.status <> 'cancelled' and not exists (
        select from promotions.redemptions redemption join promotions.uses used using (order_id)
        where redemption.order_id = placed.id and redemption.state = 'redeemed'
          and used.promotion_id = (discount ->> 'promotion_id')::uuid)
      limit 100
    `,
  },
]
