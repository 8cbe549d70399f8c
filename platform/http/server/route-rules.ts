import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import type { Db } from '#platform/db'
import { NoBody } from '#platform/schema'
import { settleKey, takeKey } from '../idempotency/idempotency-hooks.ts'
import type { Authenticate } from '#platform/access'
import { bodyLimitOf, wrongBodyLimit } from '../request/body-limit.ts'
import { openRequestCounter } from '../request/count-request.ts'
import { enterAct, isAudited, recordAlone } from '../request/enter-act.ts'
import { onRequest } from '../request/on-request.ts'
import { fillBody } from '../request/parse-body.ts'
import { enterContext } from '../request/trace-context.ts'
import { factsOf, noRoute, withStrictQuery } from '../route-facts.ts'
import { openPlaces } from '../validation/open-places.ts'
import { collectPaths, notFoundHandler } from './not-found-handler.ts'
import type { ServerSettings } from './server-settings.ts'
import { sharedAddresses } from './shared-addresses.ts'

type Needs = Readonly<{
  authenticate: Authenticate
  authenticateService?: Authenticate
  db: Db
  settings: ServerSettings
}>

/** Adds the hooks of every API to each route that is added later. The server refuses to start on a route with an issue. */
export function addRouteRules(server: FastifyInstance, { db, settings, ...needs }: Needs): void {
  const { authenticate, authenticateService } = needs
  const counter = openRequestCounter(settings.limits, sharedAddresses(settings.trustedProxies))
  const finding = { authenticate, authenticateService, counter }
  const take = takeKey(db, settings.idempotencyTtl / 1000)
  const settle = settleKey(db)
  const added = new WeakSet<object>()
  const issues: string[] = []
  server.setNotFoundHandler({ preHandler: [enterContext] }, notFoundHandler(collectPaths(server)))
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) onRequest(finding, noRoute)(request, reply, done)
    else done()
  })
  server.addHook('onRoute', (route: RouteOptions) => {
    const facts = factsOf(route)
    if (facts.limit !== undefined && !counter.knows(facts.limit))
      issues.push(`${route.url}: the limit "${facts.limit}" has no rate`)
    if (facts.strictQuery) route.schema = withStrictQuery(route.schema)
    const found = [...undeclared(route), ...openPlaces(route), ...wrongBodyLimit(route)]
    issues.push(...found.map((issue) => `${String(route.method)} ${route.url}: ${issue}`))
    route.bodyLimit = bodyLimitOf(route)
    if (route.schema?.body === NoBody) route.schema = withoutBody(route.schema)
    // Fastify makes a HEAD route of each GET route; it has the hooks already.
    const hooks = [route.onRequest ?? []].flat()
    if (hooks.some((hook) => added.has(hook))) return
    const first = onRequest(finding, facts)
    added.add(first)
    route.onRequest = [first, ...hooks]
    const recorded = isAudited(route)
    route.preHandler = [
      enterContext,
      ...(facts.idempotent ? [take] : []),
      ...(recorded ? [enterAct(route)] : []),
      ...[route.preHandler ?? []].flat(),
    ]
    if (recorded) route.onSend = [recordAlone(db), ...[route.onSend ?? []].flat()]
    if (facts.bodyOptional) route.preValidation = [fillBody, ...[route.preValidation ?? []].flat()]
    if (facts.countsRefusals) route.onSend = [counter.giveBack, ...[route.onSend ?? []].flat()]
    if (facts.idempotent) route.onSend = [settle, ...[route.onSend ?? []].flat()]
  })
  server.addHook('onReady', (done) => done(issues.length > 0 ? new Error(issues.join('\n')) : undefined))
}

const withBody = new Set(['POST', 'PUT', 'PATCH'])

/** Lists what a route must declare and does not (rules 7 and 8). */
function undeclared({ method, schema, config }: RouteOptions): readonly string[] {
  const methods = [method].flat()
  return [
    ...(methods.some((one) => withBody.has(one)) && !schema?.body
      ? ['declares no body: set schema.body, to NoBody when it takes none']
      : []),
    ...(methods.includes('POST') && !config?.idempotent && !config?.repeat
      ? ['does not say what a repeat does: set config.idempotent, or config.repeat with a sentence']
      : []),
  ]
}

/** `NoBody` is a declaration: the parser refuses a body where the schema has none. */
const withoutBody = ({ body: _, ...schema }: FastifySchema): FastifySchema => schema
