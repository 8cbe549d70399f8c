import { addressKey, type Limiter } from '#platform/limits'
import type { Refused } from '#platform/outcome'

/** `retry_after` is in seconds. */
export type TooManyAttempts = Refused<'too-many-attempts'> & Readonly<{ retry_after: number }>
type Attempt = Readonly<{ kind: 'granted' }> | TooManyAttempts

/** Counts attempts before a password is hashed. An attempt is taken first and given back when it succeeds. */
export type LoginLimits = Readonly<{
  takeLogin: (account: string, address: string) => Attempt
  /** The password was right, so the attempt does not count. */
  giveBackLogin: (account: string, address: string) => void
  /** New accounts of one address. They are never given back. */
  takeRegistration: (address: string) => Attempt
  /** New tokens of one session. */
  takeRefresh: (session_id: string) => Attempt
}>

/** `login` counts per account and address together. `login_address` also counts registrations, under keys of their own. */
const rateNames = ['login', 'login_account', 'login_address', 'refresh'] as const

/** Opens the limits. Throws when a rate is missing. */
export function openLoginLimits(limiter: Limiter): LoginLimits {
  const missing = rateNames.find((name) => !limiter.knows(name))
  if (missing) throw new Error(`The limit "${missing}" has no rate: add it to the settings`)
  return {
    // The address comes first, so that a refused address cannot use up the attempts of its victim.
    takeLogin: (account, address) =>
      take(limiter, [
        ['login_address', addressKey(address)],
        ['login', `${addressKey(address)} ${account}`],
        ['login_account', account],
      ]),
    giveBackLogin: (account, address) => {
      limiter.clear('login', `${addressKey(address)} ${account}`)
      limiter.giveBack('login_account', account)
      limiter.giveBack('login_address', addressKey(address))
    },
    takeRegistration: (address) => take(limiter, [['login_address', `registration ${addressKey(address)}`]]),
    takeRefresh: (session_id) => take(limiter, [['refresh', session_id]]),
  }
}

type Key = readonly [rate: (typeof rateNames)[number], key: string]

/** Fails closed: an attempt that cannot be counted is refused. */
function take(limiter: Limiter, keys: readonly Key[]): Attempt {
  try {
    for (const [rate, key] of keys) {
      const taken = limiter.take(rate, key)
      if (taken && !taken.granted) return tooMany(taken.retryAfter)
    }
    return { kind: 'granted' }
  } catch {
    return tooMany(60)
  }
}

const tooMany = (retry_after: number): TooManyAttempts => ({
  kind: 'refused',
  reason: 'too-many-attempts',
  retry_after,
})
