import { LRUCache } from 'lru-cache'
import type { Limiter } from '#platform/limits'
import { hours, type Clock } from '#platform/values'
import type { AttemptedBy, TooManyCoupons } from '../api.ts'
import { codeOf, isOpen } from '../promotion.ts'
import type { FindCoupon } from '../quote.ts'
import { findByCode } from '../store/promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{ db: PromotionsDb; now: Clock; limiter: Pick<Limiter, 'take' | 'giveBack'> }>

/** Milliseconds for which a code that was found is no guess of the account or the cart that gave it. */
const knownFor = hours(24)

/**
 * Finds the promotion of a coupon. A code that is switched off or has not started gets the answer of an unknown one. An
 * attempt is counted before the code is looked up, so that no answer follows the last attempt; a found code is not counted.
 *
 * Wrong codes count by the account or the cart, and by the network address, because accounts and carts are free. Other people
 * may share the address: after its limit a right code is still found for an account or a cart that has not guessed. A visitor
 * could make up a cart for each guess, so that after ten limits it is found for verified accounts only; and for the account or
 * cart that has given it before.
 */
export const findCoupon = ({ db, now, limiter }: Needs): FindCoupon => {
  const known = new LRUCache<string, true>({ max: 20_000, ttl: knownFor })
  return async ({ code, attempted_by }) => {
    const stored = codeOf(code)
    const { guesser } = attempted_by
    const own = guesser === null ? undefined : `${guesser} ${stored}`
    const isKnown = own !== undefined && known.has(own)
    const attempt = isKnown ? uncounted : countAttempt(limiter, attempted_by)
    if (attempt.kind === 'refused') return attempt
    const promotion = await findByCode(db, stored)
    const isFound = promotion !== undefined && isOpen(promotion, now())
    if (isFound) attempt.giveBack()
    const isAnswered = attempt.tooMany === undefined || (isFound && !attempt.hasGuessed)
    if (!isAnswered) return attempt.tooMany
    if (!isFound) return { kind: 'refused', reason: 'coupon-unknown' }
    if (own !== undefined) known.set(own, true)
    return { kind: 'found', code: stored, promotion }
  }
}

/** `tooMany`: the address has no attempt left. `hasGuessed`: the account or the cart has given a wrong code before. */
type Attempt = Readonly<{
  kind: 'counted'
  tooMany: TooManyCoupons | undefined
  hasGuessed: boolean
  giveBack: () => void
}>

const uncounted: Attempt = { kind: 'counted', tooMany: undefined, hasGuessed: false, giveBack: () => {} }

type Attempts = Pick<Limiter, 'take' | 'giveBack'>

function countAttempt(limiter: Attempts, { guesser, is_verified, address }: AttemptedBy): Attempt | TooManyCoupons {
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
  if (all?.granted === false && !is_verified) {
    giveBack()
    return tooManyAfter(all)
  }
  const shared = all?.granted === false ? all : take('coupon', `address:${address}`)
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
