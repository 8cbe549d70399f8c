import type { Limiter } from '#platform/limits'
import type { Clock } from '#platform/values'
import type { FindCouponInput, TooManyCoupons } from '../api.ts'
import { codeOf, isOpen } from '../promotion.ts'
import type { FindCoupon } from '../quote.ts'
import { findByCode } from '../store/promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; limiter: Pick<Limiter, 'take' | 'giveBack'> }>

/**
 * Finds the promotion of a coupon. A code that is switched off or has not started gets the answer of an unknown one. An
 * attempt is counted before the code is looked up, so that no answer follows the last attempt; a found code is not counted.
 *
 * Wrong codes count by the account or the cart, and by the network address, because accounts and carts are free. Other people
 * may share the address: after its limit a right code is still found for an account or a cart that has not guessed.
 */
export const findCoupon =
  ({ db, now, limiter }: Needs): FindCoupon =>
  async ({ code, attempted_by }) => {
    const attempt = countAttempt(limiter, attempted_by)
    if (attempt.kind === 'refused') return attempt
    const stored = codeOf(code)
    const promotion = await findByCode(db, stored)
    const isFound = promotion !== undefined && isOpen(promotion, now())
    if (isFound) attempt.giveBack()
    const isAnswered = attempt.tooMany === undefined || (isFound && !attempt.hasGuessed)
    if (!isAnswered) return attempt.tooMany
    return isFound ? { kind: 'found', code: stored, promotion } : { kind: 'refused', reason: 'coupon-unknown' }
  }

/** `tooMany`: the address has no attempt left. `hasGuessed`: the account or the cart has given a wrong code before. */
type Attempt = Readonly<{
  kind: 'counted'
  tooMany: TooManyCoupons | undefined
  hasGuessed: boolean
  giveBack: () => void
}>

type Attempts = Pick<Limiter, 'take' | 'giveBack'>

function countAttempt(
  limiter: Attempts,
  { guesser, address }: FindCouponInput['attempted_by'],
): Attempt | TooManyCoupons {
  const counted: (readonly [limit: string, key: string])[] = []
  const giveBack = () => counted.forEach(([limit, key]) => limiter.giveBack(limit, key))
  const take = (limit: string, key: string) => {
    const taken = limiter.take(limit, key)
    if (taken?.granted) counted.push([limit, key])
    return taken
  }
  const own = guesser === null ? undefined : take('coupon', `guesser:${guesser}`)
  if (own?.granted === false) return tooManyAfter(own)
  const all = take('coupon-of-address', address)
  if (all?.granted === false) {
    giveBack()
    return tooManyAfter(all)
  }
  const shared = take('coupon', `address:${address}`)
  return {
    kind: 'counted',
    tooMany: shared?.granted === false ? tooManyAfter(shared) : undefined,
    hasGuessed: own !== undefined && own.remaining < own.limit - 1,
    giveBack,
  }
}

const tooManyAfter = ({ retryAfter }: Readonly<{ retryAfter: number }>): TooManyCoupons => ({
  kind: 'refused',
  reason: 'too-many-coupons',
  retry_after: retryAfter,
})
