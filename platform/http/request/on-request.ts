import type { Socket } from 'node:net'
import type { HookHandlerDoneFunction } from 'fastify'
import { withContext } from '#platform/telemetry'
import { localeOf, type Locale } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import type { RouteFacts } from '../route-facts.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { hasStreamToken, tokenOfQuery } from '../streams/request-token.ts'
import type { RequestCounter } from './count-request.ts'
import { traceContextOf } from './trace-context.ts'
import { admits, type Access, type Authenticate, type Caller, type TokenUse } from '#platform/access'

type Needs = Readonly<{
  authenticate: Authenticate
  /** Of routes for other services, which take no other token. Absent: they refuse every caller. */
  authenticateService?: Authenticate | undefined
  counter: RequestCounter
}>

const guest: Caller = { kind: 'guest' }
const longestUrl = 8000
const refuseAll: Authenticate = async () => undefined

/**
 * The first hook of a route: finds the caller and the language, counts the request against its limit, and checks the
 * route's access. Callback style, because requests of guests need no promise.
 */
export const onRequest =
  ({ authenticate, authenticateService = refuseAll, counter }: Needs, facts: RouteFacts) =>
  (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction): void => {
    // The client reset the connection: an answer has no reader, and the address is unknown.
    if (isGone(request.raw.socket)) return void reply.hijack()
    request.receivedAt = performance.now()
    request.facts = facts
    request.locale = localeOfHeader(request.headers['accept-language'])
    request.caller = guest
    if (request.url.length > longestUrl) return done(new Problem(414, 'url-too-long'))
    if (!request.originalUrl.startsWith('/') || request.url.includes('%00'))
      return done(new Problem(400, 'malformed-url'))

    const { authorization } = request.headers
    const isInQuery = facts.takesStreamToken && authorization === undefined && hasStreamToken(request)
    if ((authorization === undefined && !isInQuery) || facts.ignoresToken)
      return done(refusalOf(request, reply, counter))
    const token = authorization === undefined ? tokenOfQuery(request) : tokenOfHeader(authorization)
    const identify = async (): Promise<void> => {
      try {
        const find = facts.access === 'service' ? authenticateService : authenticate
        // Another service may have to find the caller: its answer belongs to the trace of the request.
        const caller =
          token === undefined
            ? undefined
            : await withContext(traceContextOf(request, reply), () => find(token, useOf(request)))
        request.caller = caller ?? guest
        request.token = token
        if (caller?.kind === 'user' && caller.locale) request.locale = caller.locale
        done(refusalOf(request, reply, counter) ?? (caller ? undefined : unauthorized(reply, true)))
      } catch (error) {
        done(error as Error)
      }
    }
    void identify()
  }

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const useOf = ({ method, facts }: AnyRequest): TokenUse => ({
  isWrite: !readMethods.has(method),
  isOfStaff: typeof facts.access === 'object',
})

const tokenOfHeader = (authorization: string): string | undefined =>
  /^Bearer +([\w.~+/=-]{1,8192})$/i.exec(authorization)?.[1]

const isGone = ({ destroyed, remoteAddress }: Socket): boolean => destroyed || remoteAddress === undefined

/** The problem that ends the request here; undefined when the request goes on. */
function refusalOf(request: AnyRequest, reply: AnyReply, counter: RequestCounter): Problem | undefined {
  return counter.count(request, reply) ?? notAdmitted(request, reply)
}

function notAdmitted({ caller, facts, headers }: AnyRequest, reply: AnyReply): Problem | undefined {
  if (facts.access === 'anyone' || admits(facts.access, caller)) return undefined
  if (caller.kind === 'guest') return unauthorized(reply, headers.authorization !== undefined)
  return new Problem(403, 'forbidden').with(missingFrom(facts.access))
}

/** The permission that a user or a program would need. */
function missingFrom(access: Access): Readonly<{ missing_permission?: string }> {
  if (typeof access !== 'object') return {}
  return { missing_permission: 'userOr' in access ? access.userOr : access.permission }
}

function unauthorized(reply: AnyReply, hadToken: boolean): Problem {
  reply.header('www-authenticate', hadToken ? 'Bearer realm="posad", error="invalid_token"' : 'Bearer realm="posad"')
  return new Problem(401, 'unauthorized')
}

const parsed = new Map<string | undefined, Locale>()

/** Browsers send a handful of different values: each is parsed once. */
function localeOfHeader(acceptLanguage: string | undefined): Locale {
  const known = parsed.get(acceptLanguage)
  if (known) return known
  const locale = localeOf(acceptLanguage?.slice(0, 200))
  if (parsed.size < 500) parsed.set(acceptLanguage, locale)
  return locale
}
