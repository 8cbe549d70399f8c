import type { onSendHookHandler } from 'fastify'
import { addressKey, openLimiter, type Limiter, type Rates } from '#platform/limits'
import { Problem } from '../problems/problem.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import type { IsShared } from '../server/shared-addresses.ts'

/** Counts the requests of a process against the limits of their routes. */
export type RequestCounter = Readonly<{
  /** Counts a request; returns the problem of one that is over its limit. */
  count: (request: AnyRequest, reply: AnyReply) => Problem | undefined
  /** An `onSend` hook: a request that was not refused does not count. */
  giveBack: onSendHookHandler
  knows: Limiter['knows']
}>

type Key = readonly [limit: string, key: string]

/** The limit of an address over all its accounts. */
const ofAccounts = 'accounts of an address'
/** People who share an address, as in an office, get together as much as four of them. */
const accountsPerAddress = 4

/**
 * A guest counts by address and a user by account. Accounts cost nothing, so the users of one address count together too, in
 * a bucket beside their own, unless many people share the address.
 */
export function openRequestCounter(limits: Rates, isShared: IsShared): RequestCounter {
  const limiter = openLimiter(withAccounts(limits), { name: 'requests' })
  const keysOf = ({ caller, facts, ip }: AnyRequest): readonly Key[] => {
    if (facts.limit === undefined || caller.kind === 'machine') return []
    if (caller.kind === 'guest') return [[facts.limit, addressKey(ip)]]
    const own: Key = [facts.limit, caller.user_id]
    return limiter.knows(ofAccounts) && !isShared(ip) ? [own, [ofAccounts, addressKey(ip)]] : [own]
  }
  const giveBackAll = (keys: readonly Key[]) => {
    for (const [limit, key] of keys) limiter.giveBack(limit, key)
  }
  return {
    knows: limiter.knows,
    count: (request, reply) => {
      const keys = keysOf(request)
      for (const [at, [limit, key]] of keys.entries()) {
        const taken = limiter.take(limit, key)
        if (!taken) return undefined
        // The headers describe the limit that the route declares, unless another one refuses the request.
        if (at === 0 || !taken.granted) setHeaders(reply, taken)
        if (taken.granted) continue
        giveBackAll(keys.slice(0, at))
        reply.header('retry-after', taken.retryAfter)
        return new Problem(429, 'too-many-requests')
      }
      return undefined
    },
    // oxlint-disable-next-line max-params -- Fastify's callback style
    giveBack: (request, reply, payload, done) => {
      if (reply.statusCode < 400) giveBackAll(keysOf(request))
      done(null, payload)
    },
  }
}

function setHeaders(reply: AnyReply, { limit, remaining, reset }: NonNullable<ReturnType<Limiter['take']>>): void {
  reply.header('ratelimit-limit', limit)
  reply.header('ratelimit-remaining', remaining)
  reply.header('ratelimit-reset', reset)
}

function withAccounts(limits: Rates): Rates {
  const { default: usual } = limits.kind === 'on' ? limits.rates : {}
  if (limits.kind === 'off' || !usual) return limits
  const { count, seconds, burst } = usual
  const shared = { count: count * accountsPerAddress, seconds, burst: burst * accountsPerAddress }
  return { ...limits, rates: { ...limits.rates, [ofAccounts]: shared } }
}
