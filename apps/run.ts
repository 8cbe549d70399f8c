import type { FastifyInstance } from 'fastify'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { listsTag } from '#catalog'
import { openServiceVerifier } from '#platform/calls'
import { circuitMetric } from '#platform/circuit'
import { watchInvalidations } from '#platform/cache'
import { buildServer } from '#platform/http'
import type { Module } from '#platform/module'
import { refuseUnshippedVersions } from '#platform/saga'
import { createMetrics, type Logs, type Metrics } from '#platform/telemetry'
import { seconds, systemClock } from '#platform/values'
import type { App } from './app.ts'
import { startBackground } from './background.ts'
import { mayShareDatabase, type Config } from './config/config.ts'
import { secretOf } from './config/service-config.ts'
import { probeStorage } from './database/disk.ts'
import { probeLog, startEvents, type RemoteServices } from './events/events.ts'
import { listen } from './listen.ts'
import { hasLocalMetrics } from './metrics/local-metrics.ts'
import { watchApp } from './metrics/metrics.ts'
import { operator } from './operator/operator.ts'
import { services, type ServiceName } from './services/services.ts'
import type { WebBuild } from './storefront/build.ts'
import { storefront } from './storefront/storefront.ts'
import { version } from './version.ts'

/** An app that serves HTTP, handles events and runs jobs. */
export type RunningApp = Readonly<{ address: string; stop: () => Promise<void> }>

type Needs = Readonly<{
  app: App
  logs: Logs
  /** The pages of the shop; without them the app has its API only. */
  build?: WebBuild
}>
type RunNeeds = Needs &
  Readonly<{
    /** The modules of the services in other processes; absent when all modules run in this one. */
    remote?: RemoteServices
    /** The settings decide the role when it is absent. */
    role?: Role
    /** Absent where the start has one process only. */
    place?: Place
  }>

/** The work of a process: to answer requests, to handle events and run jobs in the background, or both. */
export type Role = 'all' | 'requests' | 'background'

/** A process among several of one start. */
export type Place = Readonly<{
  /** From 1. Only the first one exports the metrics that come from the database. */
  number: number
  /** Says how the metrics of a service in this process are read. */
  exports: (service: string, read: () => Promise<string>) => void
  /** Reads the metrics of a service in all processes of the start. */
  metricsOfAll: (service: string) => Promise<string>
}>

/** Starts event handling, the timeouts of sagas, jobs and the HTTP server, in this order. */
export async function runApp({
  app,
  logs,
  build,
  remote = [],
  role = roleOf(app.config),
  place,
}: RunNeeds): Promise<RunningApp> {
  const { config, db, modules } = app
  await refuseUnshippedVersions(
    db,
    modules.flatMap((module) => module.sagas ?? []),
  )
  const metrics = openMetrics(app, place)
  const probeBroker = () => events.probe()
  const serving = { app, logs, metrics: place ? sharedMetrics(place, app, metrics) : metrics, probeBroker }
  const server = await openServer({ ...serving, ...(build && { build }), hasRoutes: role !== 'background' })
  const events = await startEvents({ app, logs, remote, handles: role !== 'requests' }).catch(
    async (error: unknown) => {
      await server.close()
      throw error
    },
  )
  for (const metric of [...events.metrics, circuitMetric]) metrics.watch(metric)
  const invalidations = watchInvalidations({
    pool: app.pool,
    cache: app.cache,
    bumps: mayShareDatabase(config) ? app.bumps : undefined,
    tags: modules.flatMap((module) => module.cacheTags ?? []),
    ownCaches: modules.flatMap((module) => module.ownCaches ?? []),
    log: logs('cache'),
  })
  const work = role === 'requests' ? Promise.resolve(async () => {}) : startBackground(app, logs)
  const address = await work
    .then(() => listen(server, { host: config.app.host, port: portOf(app, role) }))
    .catch(async (error: unknown) => {
      await stop()
      throw error
    })
  if (role !== 'background') app.site.listensAt(address)
  return { address, stop }

  /** Each part takes up to 20 s, and all have 25 s together. Requests may wait two seconds for an event to be handled. */
  async function stop() {
    const closed = server.close()
    const answered = Promise.race([closed, sleep(seconds(3), undefined, { ref: false })])
    await Promise.all([
      closed,
      work.then(
        (end) => end(),
        () => {}, // what had started has ended
      ),
      invalidations.stop(),
      answered.then(() => events.stop()),
    ])
  }
}

const roleOf = ({ app }: Config): Role => (app.hasBackground ? 'all' : 'requests')

/** People reach the shop at the port of a process that answers requests. */
function portOf({ config: { app }, service }: Pick<App, 'config' | 'service'>, role: Role): number {
  if (role !== 'background') return app.port
  return app.workerPort ?? 100 + (service ? services[service].port : 8000)
}

function openMetrics(app: App, place?: Place): Metrics {
  const service = app.service ?? app.config.app.name
  const metrics = createMetrics({ service, version })
  if (place) metrics.registry.setDefaultLabels({ service, process: String(place.number) })
  watchApp(metrics, app, { hasDatabase: !place || place.number === 1 })
  return metrics
}

/** Prometheus asks any process of the start, and gets the metrics of all. */
function sharedMetrics(place: Place, { service }: Pick<App, 'service'>, metrics: Metrics): Metrics {
  const name = service ?? 'posad'
  place.exports(name, () => metrics.text())
  return { ...metrics, text: () => place.metricsOfAll(name) }
}

type ServeNeeds = Needs &
  Readonly<{
    metrics?: Metrics
    /** Throws when the log or the broker does not answer. The log alone where no events are handled. */
    probeBroker?: () => Promise<void>
    /** False for a process that answers only for its health and its metrics. */
    hasRoutes?: boolean
  }>

/** The HTTP server of the app with all routes and pages; it does not listen yet. */
export async function openServer({
  app,
  logs,
  build,
  metrics = openMetrics(app),
  probeBroker = () => probeLog(app.db),
  hasRoutes = true,
}: ServeNeeds): Promise<FastifyInstance> {
  const { config, db, service } = app
  const { corsOrigins, trustedProxies, connections, streams, streamSecret, idempotencyTtl, metricsToken } = config.http
  const renderer = randomBytes(32).toString('base64url')
  return await buildServer({
    modules: hasRoutes ? [...modulesWith(app, build), operator(app), ...storefrontOf(app, build, renderer)] : [],
    authenticate: async (token, use) => (token === renderer ? rendererCaller : await app.authenticate(token, use)),
    ...(service && { authenticateService: serviceVerifierOf(config, service) }),
    db,
    name: service ?? 'posad',
    version,
    settings: {
      docs: config.app.apiDocs,
      exchange: config.broker.exchange,
      corsOrigins,
      trustedProxies,
      limits: app.limits,
      connections,
      streams,
      ...(streamSecret && { streamSecret }),
      idempotencyTtl,
      metricsToken,
      hasLocalMetrics: hasLocalMetrics(config),
      https: config.app.publicUrl?.startsWith('https:') ?? false,
    },
    health: {
      broker: probeBroker,
      ...(app.pingCache && { redis: app.pingCache }),
      storage: () => probeStorage(app),
    },
    log: logs('http'),
    metrics,
  })
}

/** The pages read the API as this caller, which has no permission. Its token never leaves the process. */
const rendererCaller = { kind: 'machine', name: 'storefront', permissions: [] } as const

/** The storefront has pages of its own instead of the plain ones. */
const modulesWith = ({ modules }: App, build: WebBuild | undefined): readonly Module[] =>
  build ? modules.map(({ plainPages: _, ...module }) => module) : modules

const storefrontOf = (app: App, build: WebBuild | undefined, token: string) =>
  build ? [pagesOf(app, build, token)] : []

function pagesOf({ cache, config, modules, site }: App, build: WebBuild, token: string) {
  const { accent, facts } = config.storefront
  const offer = {
    takesCash: config.ordering.cashOnDelivery,
    maxHeld: config.ordering.limits.maxHeldPerVariant,
    takesGuests: config.ordering.guestOrders,
    isSandbox: true,
    hasTelegramSignIn: config.identity.telegram.bot_username !== undefined,
  }
  return storefront({
    accent,
    facts: { ru: { ...facts.ru, ...offer }, en: { ...facts.en, ...offer } },
    build,
    cache,
    cacheTags: [listsTag, ...modules.flatMap((module) => module.cacheTags ?? [])],
    origin: site.origin,
    token,
  })
}

const serviceVerifierOf = (config: Config, service: ServiceName) =>
  openServiceVerifier({ secret: secretOf(config, service), services: [service], now: systemClock })
