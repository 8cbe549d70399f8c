import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import type { Db } from '#platform/db'
import { asyncapiOf } from '#platform/events'
import { quietLog, type Log, type Metrics } from '#platform/telemetry'
import { describeApi } from '../docs/openapi.ts'
import { addDocs } from '../docs/pages.ts'
import type { MountedModule } from '../mounted-module.ts'
import type { Authenticate } from '#platform/access'
import { acceptJsonOnly } from '../request/parse-body.ts'
import { onSend } from '../response/on-send.ts'
import { compileSerializer } from '../response/serialize.ts'
import { compileValidator } from '../validation/compile-validator.ts'
import { drainOnClose } from './drain.ts'
import { errorHandler } from './error-handler.ts'
import { faviconRoutes } from './favicon-routes.ts'
import { fastifyServer } from './fastify-server.ts'
import { askDb, healthRoutes, type Probes } from './health.ts'
import { metricsRoute } from './metrics-route.ts'
import { addRouteRules } from './route-rules.ts'
import { defaultSettings, type ServerSettings } from './server-settings.ts'
import { openStreams } from '../streams/streams.ts'
import { versionedUrl } from './unversioned-paths.ts'

/** The parts of a server. */
export type ServerNeeds = Readonly<{
  modules: readonly MountedModule[]
  authenticate: Authenticate
  /** Finds the service of a service's token. Without it the server has no routes for other services. */
  authenticateService?: Authenticate
  db: Db
  /** The name of the service, `posad` for the whole app. */
  name?: string
  version?: string
  settings?: Partial<ServerSettings>
  /** Probes of further dependencies; the probe of the database is always there. */
  health?: Probes
  log?: Log
  /** The server has no /metrics when they are absent. */
  metrics?: Metrics
}>

/** Builds the HTTP server of `modules`, ready to listen or to be injected into. Throws on a route that breaks a rule. */
export async function buildServer(needs: ServerNeeds): Promise<FastifyInstance> {
  const settings = { ...defaultSettings, ...needs.settings }
  const { modules, name = 'posad', version = '0', log = quietLog, metrics } = needs
  const server = fastifyServer({ settings, log, versionedUrl: versionedUrl(modules) })
  drainOnClose(server, settings.drainTimeout)
  addStreams(server, { ...needs, settings })
  server.addHook('onSend', onSend({ log, metrics, https: settings.https, stopping: server.stopping }))
  server.setErrorHandler(errorHandler(log))
  server.setValidatorCompiler(compileValidator)
  server.setSerializerCompiler(compileSerializer)
  acceptJsonOnly(server)
  if (settings.corsOrigins.length > 0) await server.register(fastifyCors, corsOf(settings.corsOrigins))

  addRouteRules(server, { ...needs, settings })
  if (settings.docs) {
    await describeApi(server, { name, version, tags: modules.map(tagOf) })
    const { exchange } = settings
    addDocs(server, { title: `${name} API`, asyncapi: () => asyncapiOf(modules, { name, version, exchange }) })
  }
  mount(server, modules)
  if (needs.authenticateService) mountInternal(server, modules)
  server.register(async (http) => faviconRoutes(http))
  const health = { service: name, version, probes: { db: askDb(needs.db), ...needs.health } }
  server.register(async (http) => healthRoutes(health, false)(http))
  for (const prefix of ['/api/v1', '/admin']) {
    server.register(async (http) => healthRoutes(health, true)(http), { prefix })
  }
  if (metrics) server.register(async (http) => metricsRoute(metrics, settings)(http))
  await server.ready()
  return server
}

type StreamNeeds = Pick<ServerNeeds, 'authenticate' | 'metrics'> & Readonly<{ settings: ServerSettings }>

function addStreams(server: FastifyInstance, { authenticate, metrics, settings }: StreamNeeds): void {
  const { streams: caps, streamSecret: secret } = settings
  const streams = openStreams({ caps, secret, authenticate, stopping: server.stopping })
  server.decorate('streams', streams)
  metrics?.watch({
    name: 'http_streams',
    help: 'Open streams of server-sent events',
    read: () => [{ value: streams.slots.taken }],
  })
}

const tagOf = ({ name, description }: MountedModule) => ({ name, ...(description && { description }) })

function mount(server: FastifyInstance, modules: readonly MountedModule[]): void {
  for (const { routes = [], pages = [], plainPages = [] } of modules) {
    server.register(async (http) => routes.forEach((route) => route(http)), { prefix: '/api/v1' })
    server.register(async (http) => [...pages, ...plainPages].forEach((page) => page(http)))
  }
}

function mountInternal(server: FastifyInstance, modules: readonly MountedModule[]): void {
  for (const { internal = [] } of modules)
    server.register(async (http) => internal.forEach((route) => route(http)), { prefix: '/api/v1' })
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
