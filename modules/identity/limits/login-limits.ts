import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { addressKey } from '#platform/http'
import type { Refused } from '#platform/outcome'

export type TooMany = Refused<'too-many-attempts'> & Readonly<{ retry_after: number }>
type Taken = Readonly<{ kind: 'ok' }> | TooMany

/** Attempts at passwords, counted before anything is hashed. An attempt is taken first and given back on success. */
export type LoginLimits = Readonly<{
  take: (account: string, address: string) => Promise<Taken>
  /** The password was right: the attempt does not count. */
  giveBack: (account: string, address: string) => Promise<void>
  /** New accounts from one address; never given back. */
  takeRegistration: (address: string) => Promise<Taken>
  /** New tokens of one session. */
  takeRefresh: (session_id: string) => Promise<Taken>
}>

/** So many in so many seconds. */
type Rate = Readonly<{ count: number; seconds: number }>

/** The limits as the configuration has them. `off` is for benchmarks. */
export type LoginRates =
  | Readonly<{ kind: 'off' }>
  | Readonly<{ kind: 'on'; rates: Readonly<Partial<Record<keyof typeof usual, Rate>>> }>

const usual = {
  /** Per account and address together. */
  login: { count: 5, seconds: 900 },
  login_account: { count: 20, seconds: 3600 },
  /** Also of registrations, in a count of their own. */
  login_address: { count: 100, seconds: 900 },
  refresh: { count: 30, seconds: 60 },
}

const ok: Taken = { kind: 'ok' }
const unlimited: LoginLimits = {
  take: async () => ok,
  giveBack: async () => {},
  takeRegistration: async () => ok,
  takeRefresh: async () => ok,
}

const counter = ({ count, seconds }: Rate, keyPrefix: string) =>
  new RateLimiterMemory({ points: count, duration: seconds, keyPrefix })

/**
 * Limits kept in this process. Not the buckets of `#platform/http`, because those give nothing back, and who knows his
 * password must never be in his own way. The address comes first, so that a refused address cannot use up what its
 * victim has left; nobody is locked out for good.
 */
export function openLoginLimits(limits: LoginRates): LoginLimits {
  if (limits.kind === 'off') return unlimited
  const rates = { ...usual, ...limits.rates }
  const both = counter(rates.login, 'login')
  const byAccount = counter(rates.login_account, 'account')
  const byAddress = counter(rates.login_address, 'address')
  const registrations = counter(rates.login_address, 'registration')
  const refreshes = counter(rates.refresh, 'refresh')
  const keyOf = (account: string, address: string) => `${addressKey(address)} ${account}`

  return {
    take: (account, address) =>
      closed(async () => {
        await byAddress.consume(addressKey(address))
        await both.consume(keyOf(account, address))
        await byAccount.consume(account)
      }),
    giveBack: async (account, address) => {
      await both.delete(keyOf(account, address))
      await byAccount.reward(account)
      await byAddress.reward(addressKey(address))
    },
    takeRegistration: (address) => closed(() => registrations.consume(addressKey(address))),
    takeRefresh: (session_id) => closed(() => refreshes.consume(session_id)),
  }
}

/** Fails closed: a limit that cannot be counted counts as reached. */
async function closed(consume: () => Promise<unknown>): Promise<Taken> {
  try {
    await consume()
    return ok
  } catch (reached) {
    const retry_after = reached instanceof RateLimiterRes ? Math.ceil(reached.msBeforeNext / 1000) : 60
    return { kind: 'refused', reason: 'too-many-attempts', retry_after: Math.max(1, retry_after) }
  }
}
