import fastifyCors from '@fastify/cors'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance, type RouteOptions } from 'fastify'
import type { Db } from '#platform/db'
import { quietLog, type Log, type Metrics } from '#platform/telemetry'
import { localeOf } from '#platform/values'
import type { MountedModule } from './mounted-module.ts'
import { arrive, enterContext } from './arrive.ts'
import { asyncapiOf } from '#platform/events'
import type { Authenticate } from './caller.ts'
import { openPlaces } from './check-bounds.ts'
import { addDocs } from './docs-pages.ts'
import { problemOf } from './fail.ts'
import { askDb, healthRoutes, metricsRoute, type Probes } from './health.ts'
import { settleKey, takeKey } from './idempotency.ts'
import { leave } from './leave.ts'
import { openLimiter, type Limiter } from '#platform/limits'
import { answerNotFound, collectPaths } from './not-found.ts'
import { drainOnClose } from './drain.ts'
import { describeApi } from './openapi.ts'
import { fillBody, takeJsonOnly } from './parse-body.ts'
import { Problem } from './problem.ts'
import { answerRaw } from './raw-errors.ts'
import { sendProblem } from './refuse.ts'
import { requestIdOf } from './request-id.ts'
import { factsOf, noRoute, withStrictQuery } from './route-facts.ts'
import type { AnyReply, AnyRequest } from './routes.ts'
import { compileSerializer } from './serialize.ts'
import { defaultSettings, type ServerSettings } from './settings.ts'
import { compileCheck } from './validate.ts'

/** What a server is made of. */
export type ServerNeeds = Readonly<{
  modules: readonly MountedModule[]
  authenticate: Authenticate
  db: Db
  /** The service's name, `posad` for the whole. */
  name?: string
  version?: string
  settings?: Partial<ServerSettings>
  /** Probes of what else is used; the database has one by itself. */
  health?: Probes
  log?: Log
  /** Without it there is no /metrics. */
  metrics?: Metrics
  /** The limits that slices count in as well; made from the settings when absent. */
  limiter?: Limiter
}>

/** Builds the HTTP server of `modules`, ready to listen or to be injected into. Throws on a route that breaks a rule. */
export async function buildServer(needs: ServerNeeds): Promise<FastifyInstance> {
  const settings = { ...defaultSettings, ...needs.settings }
  const { modules, name = 'posad', version = '0', log = quietLog, metrics } = needs
  const server = bareServer({ settings, log, versioned: versioned(modules) })
  drainOnClose(server, settings.drainTimeout)
  server.addHook('onSend', leave({ log, metrics, https: settings.https, stopping: server.stopping }))
  server.setErrorHandler(answerError(log))
  server.setValidatorCompiler(compileCheck)
  server.setSerializerCompiler(compileSerializer)
  takeJsonOnly(server)
  if (settings.corsOrigins.length > 0) await server.register(fastifyCors, corsOf(settings.corsOrigins))

  addRules(server, { ...needs, settings })
  if (settings.docs) {
    await describeApi(server, { name, version, tags: modules.map(tagOf) })
    await addDocs(server, { title: `${name} API`, asyncapi: () => asyncapiOf(modules, { name, version }) })
  }
  mount(server, modules)
  const health = { service: name, version, probes: { db: askDb(needs.db), ...needs.health } }
  server.register(async (http) => healthRoutes(health, false)(http))
  for (const prefix of ['/api/v1', '/admin']) {
    server.register(async (http) => healthRoutes(health, true)(http), { prefix })
  }
  if (metrics) server.register(async (http) => metricsRoute(metrics, settings.metricsToken)(http))
  await server.ready()
  return server
}

type Bare = Readonly<{ settings: ServerSettings; log: Log; versioned: (url: string) => string }>

function bareServer({ settings, log, versioned }: Bare): FastifyInstance {
  const { trustedProxies, bodyLimit, requestTimeout, keepAliveTimeout, headersTimeout } = settings
  const logger: FastifyBaseLogger = log
  const server = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Log lines take the request from the trail: a child logger per request would only cost.
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    maxRequestsPerSocket: 10_000,
    http: { headersTimeout, connectionsCheckingInterval: 1000 },
    routerOptions: { maxParamLength: 500 },
    rewriteUrl: ({ url = '/' }) => versioned(url),
    // While it stops, what still arrives on an open connection is answered, and the connection closed after it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      request.locale = localeOf(request.headers['accept-language'])
      reply
        .header('x-request-id', request.id)
        .header('x-response-time', '0.0ms')
        .header('x-content-type-options', 'nosniff')
      sendProblem(reply, problemOf(error, request as AnyRequest))
    },
    clientErrorHandler: answerRaw,
  }).withTypeProvider<TypeBoxTypeProvider>()
  for (const field of ['caller', 'locale', 'facts', 'trail', 'attempt', 'rawBody'])
    server.decorateRequest(field, undefined)
  server.decorateRequest('arrived', 0)
  return server
}

/** Adds the version to the paths that modules serve without it as well: `/api/orders` becomes `/api/v1/orders`. */
function versioned(modules: readonly MountedModule[]): (url: string) => string {
  const paths = modules.flatMap(({ unversionedPaths = [] }) => unversionedPaths)
  if (paths.length === 0) return (url) => url
  const unversioned = new RegExp(`^/api(${paths.join('|')})(?=[/?]|$)`)
  return (url) => url.replace(unversioned, '/api/v1$1')
}

/** The rules for every API, woven into each route that is added from here on. */
function addRules(server: FastifyInstance, needs: ServerNeeds & { settings: ServerSettings }): void {
  const { authenticate, db, settings } = needs
  const limiter = needs.limiter ?? openLimiter(settings.limits)
  const take = takeKey(db, settings.idempotencyTtl / 1000)
  const settle = settleKey(db)
  const woven = new WeakSet<object>()
  const faults: string[] = []
  server.setNotFoundHandler({ preHandler: [enterContext] }, answerNotFound(collectPaths(server)))
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) arrive({ authenticate, limiter }, noRoute)(request, reply, done)
    else done()
  })
  server.addHook('onRoute', (route: RouteOptions) => {
    const facts = factsOf(route)
    if (facts.limit !== undefined && !limiter.knows(facts.limit)) faults.push(`${route.url}: no limit "${facts.limit}"`)
    if (facts.strictQuery) route.schema = withStrictQuery(route.schema)
    faults.push(...openPlaces(route).map((place) => `${String(route.method)} ${route.url}: ${place}`))
    // A HEAD route is made of its GET route, which has the hooks already.
    const first = [route.onRequest ?? []].flat()
    if (first.some((hook) => woven.has(hook))) return
    const arrival = arrive({ authenticate, limiter }, facts)
    woven.add(arrival)
    route.onRequest = [arrival, ...first]
    route.preHandler = [enterContext, ...(facts.idempotent ? [take] : []), ...[route.preHandler ?? []].flat()]
    if (facts.bodyOptional) route.preValidation = [fillBody, ...[route.preValidation ?? []].flat()]
    if (facts.idempotent) route.onSend = [settle, ...[route.onSend ?? []].flat()]
  })
  server.addHook('onReady', (done) => done(faults.length > 0 ? new Error(faults.join('\n')) : undefined))
}

const tagOf = ({ name, description }: MountedModule) => ({ name, ...(description && { description: description }) })

function mount(server: FastifyInstance, modules: readonly MountedModule[]): void {
  for (const { routes = [], pages = [] } of modules) {
    server.register(async (http) => routes.forEach((route) => route(http)), { prefix: '/api/v1' })
    server.register(async (http) => pages.forEach((page) => page(http)))
  }
}

const answerError = (log: Log) => (error: unknown, request: AnyRequest, reply: AnyReply) => {
  const problem = problemOf(error, request)
  if (problem.status >= 500 && !(error instanceof Problem)) log.error({ err: error }, problem.code)
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', 1)
  return sendProblem(reply, problem)
}

const corsOf = (origins: readonly string[]) => ({
  origin: [...origins],
  credentials: true,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: [
    'ETag',
    'Idempotent-Replay',
    'RateLimit-Limit',
    'RateLimit-Remaining',
    'RateLimit-Reset',
    'Retry-After',
    'X-Request-ID',
  ],
  maxAge: 600,
})
