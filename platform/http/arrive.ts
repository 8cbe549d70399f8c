import type { HookHandlerDoneFunction } from 'fastify'
import { withContext, type TraceContext } from '#platform/telemetry'
import { localeOf, type Locale } from '#platform/values'
import { admits, type Authenticate, type Caller } from './caller.ts'
import { addressKey, type Limiter } from '#platform/limits'
import { Problem } from './problem.ts'
import { traceContextOf } from './request-id.ts'
import type { RouteFacts } from './route-facts.ts'
import type { AnyReply, AnyRequest } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request came, of `performance.now()`. */
    arrived: number
    facts: RouteFacts
    traceContext: TraceContext | undefined
  }
}

type Needs = Readonly<{ authenticate: Authenticate; limiter: Limiter }>

const guest: Caller = { kind: 'guest' }
const longestUrl = 8000

/**
 * The first hook of a route: who comes, in which language, how often, and may they. Callback style, because guests
 * need no promise.
 */
export const arrive =
  ({ authenticate, limiter }: Needs, facts: RouteFacts) =>
  (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction): void => {
    request.arrived = performance.now()
    request.facts = facts
    request.locale = wanted(request.headers['accept-language'])
    request.caller = guest
    if (request.url.length > longestUrl) return done(new Problem(414, 'url-too-long'))
    if (request.url.includes('%00')) return done(new Problem(400, 'malformed-url'))

    const { authorization } = request.headers
    if (authorization === undefined || facts.ignoresToken) return done(turnedAway(request, reply, limiter))
    const token = /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(authorization)?.[1]
    const identify = async (): Promise<void> => {
      try {
        const caller = token === undefined ? undefined : await authenticate(token)
        request.caller = caller ?? guest
        if (caller?.kind === 'user' && caller.locale) request.locale = caller.locale
        done(turnedAway(request, reply, limiter) ?? (caller ? undefined : unauthorized(reply, true)))
      } catch (error) {
        done(error as Error)
      }
    }
    void identify()
  }

/** Runs the rest of the request on its trail. Here and not earlier, because reading a body leaves the async context. */
export const enterContext = (request: AnyRequest, _reply: AnyReply, done: HookHandlerDoneFunction): void => {
  request.traceContext = traceContextOf(request)
  withContext(request.traceContext, done)
}

/** The problem that ends the request here, if any. */
function turnedAway(request: AnyRequest, reply: AnyReply, limiter: Limiter): Problem | undefined {
  const { caller, facts } = request
  if (facts.limit !== undefined && caller.kind !== 'machine') {
    const key = caller.kind === 'user' ? caller.user_id : addressKey(request.ip)
    const taken = limiter.take(facts.limit, key)
    if (taken) {
      reply.header('ratelimit-limit', taken.limit)
      reply.header('ratelimit-remaining', taken.remaining)
      reply.header('ratelimit-reset', taken.reset)
      if (!taken.granted) {
        reply.header('retry-after', taken.retryAfter)
        return new Problem(429, 'too-many-requests')
      }
    }
  }
  if (facts.access === 'anyone' || admits(facts.access, caller)) return undefined
  if (caller.kind === 'guest') return unauthorized(reply, request.headers.authorization !== undefined)
  const missing = typeof facts.access === 'object' ? { missing_permission: facts.access.permission } : {}
  return new Problem(403, 'forbidden').with(missing)
}

function unauthorized(reply: AnyReply, hadToken: boolean): Problem {
  reply.header('www-authenticate', hadToken ? 'Bearer realm="posad", error="invalid_token"' : 'Bearer realm="posad"')
  return new Problem(401, 'unauthorized')
}

const known = new Map<string | undefined, Locale>()

/** Browsers send a handful of different values: each is read once. */
function wanted(acceptLanguage: string | undefined): Locale {
  const before = known.get(acceptLanguage)
  if (before) return before
  const locale = localeOf(acceptLanguage?.slice(0, 200))
  if (known.size < 500) known.set(acceptLanguage, locale)
  return locale
}
