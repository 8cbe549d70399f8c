import type { Limiter } from '#platform/limits'
import type { Clock } from '#platform/values'
import { codeOf, isOpen } from '../promotion.ts'
import type { FindCoupon } from '../quote.ts'
import { findByCode, type PromotionsDb } from '../store.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; limiter: Pick<Limiter, 'take' | 'giveBack'> }>

/**
 * Finds the promotion of a coupon. A code that is switched off or has not started gets the answer of an unknown one. An
 * attempt is counted before the code is looked up, so that no answer follows the last attempt; a found code is not counted.
 */
export const findCoupon =
  ({ db, now, limiter }: Needs): FindCoupon =>
  async ({ code, attempted_by }) => {
    const taken = limiter.take('coupon', attempted_by)
    if (taken?.granted === false) {
      return { kind: 'refused', reason: 'too-many-coupons', retry_after: taken.retryAfter }
    }
    const stored = codeOf(code)
    const promotion = await findByCode(db, stored)
    if (!promotion || !isOpen(promotion, now())) return { kind: 'refused', reason: 'coupon-unknown' }
    limiter.giveBack('coupon', attempted_by)
    return { kind: 'found', code: stored, promotion }
  }
