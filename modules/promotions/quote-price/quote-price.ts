import type { Clock } from '#platform/values'
import type { PromotionsApi } from '../api.ts'
import { codeOf, isOpen } from '../promotion.ts'
import { quoteOf, quoteWithout, type LoadOrderFacts } from '../quote.ts'
import type { ActivePromotions } from '../store/active-promotions.ts'
import { findByCode } from '../store/promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; active: ActivePromotions; loadOrderFacts: LoadOrderFacts }>

/** The price of goods today, with the promotions that apply. Reads nothing when there is none. */
export const quotePrice =
  ({ db, now, active, loadOrderFacts }: Needs): PromotionsApi['quote'] =>
  async ({ facts: buyer, ...input }, over) => {
    const { automatic } = await active.list()
    const { coupon } = input
    if (automatic.length === 0 && coupon === null) return quoteWithout(input)
    const found = coupon === null ? undefined : await findByCode(over ?? db, codeOf(coupon))
    const promotion = found && isOpen(found, now()) ? found : undefined
    const promotions = promotion ? [...automatic, promotion] : automatic
    const facts = await loadOrderFacts({ input, buyer, promotions, over })
    return quoteOf(facts, { automatic, coupon: coupon === null ? null : { code: coupon, promotion } })
  }
