import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Db } from '#platform/db'
import { openLimiter } from '#platform/limits'
import { settleKey, takeKey } from '../idempotency/idempotency-hooks.ts'
import type { Authenticate } from '#platform/access'
import { onRequest } from '../request/on-request.ts'
import { fillBody } from '../request/parse-body.ts'
import { enterContext } from '../request/trace-context.ts'
import { factsOf, noRoute, withStrictQuery } from '../route-facts.ts'
import { openPlaces } from '../validation/open-places.ts'
import { collectPaths, notFoundHandler } from './not-found-handler.ts'
import type { ServerSettings } from './server-settings.ts'

type Needs = Readonly<{ authenticate: Authenticate; db: Db; settings: ServerSettings }>

/** Adds the hooks of every API to each route that is added later. The server refuses to start on a route with an issue. */
export function addRouteRules(server: FastifyInstance, { authenticate, db, settings }: Needs): void {
  const limiter = openLimiter(settings.limits)
  const take = takeKey(db, settings.idempotencyTtl / 1000)
  const settle = settleKey(db)
  const added = new WeakSet<object>()
  const issues: string[] = []
  server.setNotFoundHandler({ preHandler: [enterContext] }, notFoundHandler(collectPaths(server)))
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) onRequest({ authenticate, limiter }, noRoute)(request, reply, done)
    else done()
  })
  server.addHook('onRoute', (route: RouteOptions) => {
    const facts = factsOf(route)
    if (facts.limit !== undefined && !limiter.knows(facts.limit))
      issues.push(`${route.url}: the limit "${facts.limit}" has no rate`)
    if (facts.strictQuery) route.schema = withStrictQuery(route.schema)
    issues.push(...openPlaces(route).map((place) => `${String(route.method)} ${route.url}: ${place}`))
    // Fastify makes a HEAD route of each GET route; it has the hooks already.
    const hooks = [route.onRequest ?? []].flat()
    if (hooks.some((hook) => added.has(hook))) return
    const first = onRequest({ authenticate, limiter }, facts)
    added.add(first)
    route.onRequest = [first, ...hooks]
    route.preHandler = [enterContext, ...(facts.idempotent ? [take] : []), ...[route.preHandler ?? []].flat()]
    if (facts.bodyOptional) route.preValidation = [fillBody, ...[route.preValidation ?? []].flat()]
    if (facts.idempotent) route.onSend = [settle, ...[route.onSend ?? []].flat()]
  })
  server.addHook('onReady', (done) => done(issues.length > 0 ? new Error(issues.join('\n')) : undefined))
}
