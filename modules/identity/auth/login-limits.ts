import type { Rate } from '#platform/config'
import { addressKey, openLimiter, type Limiter, type Rates } from '#platform/limits'
import { isRefusal, type Refused } from '#platform/outcome'
import { mailboxOf, type Clock } from '#platform/values'
import type { MailCodePurpose } from '../schema.ts'

/** `retry_after` is in seconds; `rate_limit` replaces the numbers of the `RateLimit` headers. */
export type TooManyAttempts = Refused<'too-many-attempts'> & Readonly<{ retry_after: number; rate_limit?: RateLimit }>
type RateLimit = Readonly<{ limit: number; remaining: number; reset: number }>

/** An attempt counts from its start, so that a hundred guesses at once get no more than their limit. */
type Granted = Readonly<{
  kind: 'granted'
  /**
   * The password was right: the attempt counts as a right one only, and earlier guesses of this account and address do not
   * count. The limit of right ones is generous: it bounds the hashes, not the guesses.
   */
  succeed: () => void
  /** The password was not checked: the attempt does not count. */
  cancel: () => void
}>
type Attempt = Granted | TooManyAttempts

/** `isSpent`: others have used up the e-mails of this mailbox. It gets another only while its owner has no code that works. */
type MailAttempt = Readonly<{ kind: 'granted'; isSpent: boolean }> | TooManyAttempts

/** The purpose of a mail with a code. */
type MailPurpose = MailCodePurpose | 'link_email'

type LoginAttempt = Readonly<{
  account: string
  address: string
  /** A device from which this account was signed in to. It has a limit of its own. */
  device_id: string | undefined
  /** Whether the account was signed in to from this address. */
  isKnownAddress: () => Promise<boolean>
}>

/** Counts attempts before a password is hashed. */
export type LoginLimits = Readonly<{
  /**
   * Others may use up the attempts of an account from all addresses. A known device and a known address still get theirs, so
   * that guesses do not lock the owner out.
   */
  takeLogin: (attempt: LoginAttempt) => Promise<Attempt>
  /** A check of the current password. An open session is a known device. */
  takePasswordCheck: (session: Readonly<{ user_id: string; session_id: string }>) => Attempt
  /** A new account from an address. */
  takeRegistration: (address: string) => Attempt
  /** A mail with a code. Known and unknown mailboxes count alike. */
  takeMail: (email: string, address: string) => MailAttempt
  /** A mail to a mailbox whose e-mails are used up. Call it when its owner has no code that works. */
  takeSpareMail: (email: string, purpose: MailPurpose) => Attempt
  /** A code from a mail or from another service, from an address. */
  takeCode: (address: string) => Attempt
  /** An export of everything about an account. */
  takeExport: (user_id: string) => Attempt
  /** A new token of a session. */
  takeRefresh: (session_id: string) => Attempt
  /** A token that is not valid, from an address. */
  takeInvalidToken: (address: string) => Attempt
}>

/**
 * `login` counts per account and address together, per known device, and per session; exports of an account
 * have a key of their own. `login_address` also counts
 * registrations and right passwords, under keys of their own.
 */
const guessRates = ['login', 'login_account', 'login_address'] as const
const mailRates = ['mail', 'mail_account', 'mail_address'] as const
const rateNames = [...guessRates, ...mailRates, 'refresh', 'invalid_token'] as const

/** Opens the limits. Throws when a rate is missing. */
export function openLoginLimits(rates: Rates, now: Clock): LoginLimits {
  const limiter = openLimiter(exactGuesses(rates), { name: 'sign-in', now: () => now().getTime() })
  const missing = rateNames.find((name) => !limiter.knows(name))
  if (missing) throw new Error(`The limit "${missing}" has no rate: add it to the settings`)
  return loginLimitsOf(limiter)
}

/** The limits of attempts, counted by `limiter`. */
export function loginLimitsOf(limiter: Limiter): LoginLimits {
  const take = (...keys: readonly Key[]) => takeAll(limiter, keys)
  return {
    takeLogin: async ({ account, address, device_id, isKnownAddress }) => {
      if (device_id !== undefined) return take(['login', `device ${device_id}`], right(account))
      // The address comes first, so that a refused address cannot use up the attempts of its victim.
      const ofAddress = take(
        ['login_address', addressKey(address)],
        ['login', `${addressKey(address)} ${account}`],
        right(`${addressKey(address)} ${account}`),
      )
      if (isRefusal(ofAddress)) return ofAddress
      const ofAccount = take(['login_account', account])
      if (!isRefusal(ofAccount)) return both(ofAddress, ofAccount)
      return (await isKnownAddress()) ? ofAddress : ofAccount
    },
    takePasswordCheck: ({ user_id, session_id }) => take(['login', `session ${session_id}`], right(user_id)),
    takeRegistration: (address) => take(['login_address', `registration ${addressKey(address)}`]),
    takeMail: (email, address) => {
      const mailbox = mailboxOf(email) ?? email
      const ofAddress = take(['mail_address', addressKey(address)], ['mail', `${addressKey(address)} ${mailbox}`])
      if (isRefusal(ofAddress)) return ofAddress
      const ofMailbox = take(['mail_account', mailbox])
      if (!isRefusal(ofMailbox)) return { kind: 'granted', isSpent: false }
      // Every visitor can make up a +tag, and an account for each: only the address without one gets more.
      return email === mailbox ? { kind: 'granted', isSpent: true } : ofMailbox
    },
    takeSpareMail: (email, purpose) => take(['mail', `spare ${purpose} ${mailboxOf(email) ?? email}`]),
    takeCode: (address) => take(['login_address', `code ${addressKey(address)}`]),
    takeExport: (user_id) => take(['login', `export ${user_id}`]),
    takeRefresh: (session_id) => take(['refresh', session_id]),
    takeInvalidToken: (address) => take(['invalid_token', addressKey(address)]),
  }
}

type Key = readonly [rate: (typeof rateNames)[number], key: string, counts?: 'right']

/**
 * Right passwords of an account: also the owner of an account must not keep the hashes of all others waiting. It comes after
 * the limit of guesses, so that wrong passwords do not use it up.
 */
const right = (account: string): Key => ['login_address', `right ${account}`, 'right']

/** Fails closed: an attempt that cannot be counted is refused. */
function takeAll(limiter: Limiter, keys: readonly Key[]): Attempt {
  const cancel = () => keys.forEach(([rate, key]) => limiter.giveBack(rate, key))
  const succeed = () => {
    for (const [rate, key, counts] of keys) {
      if (counts !== 'right') limiter.giveBack(rate, key)
      if (rate === 'login') limiter.clear(rate, key)
    }
  }
  try {
    for (const [rate, key] of keys) {
      const taken = limiter.take(rate, key)
      if (!taken || taken.granted) continue
      const { limit, remaining, reset, retryAfter } = taken
      return tooMany(retryAfter, { rate_limit: { limit, remaining, reset } })
    }
    return { kind: 'granted', succeed, cancel }
  } catch {
    return tooMany(60)
  }
}

const both = (one: Granted, other: Granted): Granted => ({
  kind: 'granted',
  succeed: () => [one, other].forEach(({ succeed }) => succeed()),
  cancel: () => [one, other].forEach(({ cancel }) => cancel()),
})

const tooMany = (retry_after: number, more: Readonly<{ rate_limit?: RateLimit }> = {}): TooManyAttempts => ({
  kind: 'refused',
  reason: 'too-many-attempts',
  retry_after,
  ...more,
})

/**
 * A bucket of five that refills with five in a quarter of an hour grants ten guesses in its first quarter. The refill of
 * guesses is slower, so that no span of time grants more than the count of its rate.
 */
function exactGuesses(limits: Rates): Rates {
  if (limits.kind === 'off') return limits
  const exact = guessRates.flatMap((name) => {
    const rate = limits.rates[name]
    return rate ? [[name, exactRate(rate)] as const] : []
  })
  return { ...limits, rates: { ...limits.rates, ...Object.fromEntries(exact) } }
}

function exactRate({ count, seconds, burst }: Rate): Rate {
  const atOnce = Math.min(burst, count)
  return { count: count - atOnce + 1, seconds, burst: atOnce }
}
