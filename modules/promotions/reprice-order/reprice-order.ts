import type { PromotionsApi } from '../api.ts'
import type { Promotion } from '../promotion.ts'
import { quoteOf, quoteWithout, type LoadOrderFacts } from '../quote.ts'
import { listByIds } from '../store/promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PromotionsDb; loadOrderFacts: LoadOrderFacts }>

/** Prices the new goods of an order with the promotions that it uses. Redeems nothing and returns no use. */
export const repriceOrder =
  ({ db, loadOrderFacts }: Needs): PromotionsApi['reprice'] =>
  async ({ promotion_ids, ...goods }) => {
    if (promotion_ids.length === 0) return quoteWithout(goods)
    const promotions = (await listByIds(db, promotion_ids)).map(unlimited)
    const input = { ...goods, coupon: null, buyer: { user_id: null, email: null, phone: null } }
    const facts = await loadOrderFacts({ input, buyer: { isFirstOrder: true }, promotions })
    // The order has its coupon already, so all of its promotions apply by themselves, also one that got its code since.
    return quoteOf(facts, { automatic: promotions, coupon: null })
  }

/** The order has its use already: only the conditions about its goods are checked again. */
const unlimited = (promotion: Promotion): Promotion => ({
  ...promotion,
  is_active: true,
  starts_at: null,
  ends_at: null,
  max_uses: null,
  max_uses_per_buyer: null,
  first_order: false,
})
