import type { FastifyInstance } from 'fastify'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openServiceVerifier } from '#platform/calls'
import { circuitMetric } from '#platform/circuit'
import { watchInvalidations } from '#platform/cache'
import { openPool } from '#platform/db'
import { logJobs } from '#platform/events'
import { buildServer, httpJobs } from '#platform/http'
import { runJobs } from '#platform/jobs'
import { fileMail, smtpMail, type MailTransport } from '#platform/mail'
import { refuseUnshippedVersions, sagaJobs, watchTimeouts } from '#platform/saga'
import { createMetrics, type Logs, type Metrics } from '#platform/telemetry'
import { seconds, systemClock } from '#platform/values'
import type { App } from './app.ts'
import { startBackground } from './background.ts'
import { limitsOf, type Config } from './config.ts'
import { probeStorage } from './disk.ts'
import { probeLog, startEvents, type RemoteServices } from './events.ts'
import { listen } from './listen.ts'
import { hasLocalMetrics } from './local-metrics.ts'
import { watchApp } from './metrics.ts'
import { secretOf } from './service-config.ts'
import type { ServiceName } from './services.ts'
import type { WebBuild } from './storefront/build.ts'
import { storefront } from './storefront/storefront.ts'
import { version } from './version.ts'

/** An app that serves HTTP, handles events and runs jobs. */
export type Running = Readonly<{ address: string; stop: () => Promise<void> }>

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
  }>

/** Starts event handling, the timeouts of sagas, jobs and the HTTP server, in this order. */
export async function runApp({ app, logs, build, remote = [] }: RunNeeds): Promise<Running> {
  const { config, db, pool, modules } = app
  const sagas = modules.flatMap((module) => module.sagas ?? [])
  await refuseUnshippedVersions(db, sagas)
  const metrics = openMetrics(app)
  const server = await openServer({ app, logs, metrics, ...(build && { build }), probeBroker: () => events.probe() })

  const log = logs('posad')
  const events = await startEvents({ app, logs, remote })
  for (const metric of [...events.metrics, circuitMetric]) metrics.watch(metric)
  const timeouts = watchTimeouts({
    db,
    sagas,
    now: app.now,
    interval: seconds(1),
    onError: (error) => log.error({ err: error }, 'the timeout of a saga failed'),
  })
  const cacheTags = modules.flatMap((module) => module.cacheTags ?? [])
  const invalidations = watchInvalidations({ pool, cache: app.cache, tags: cacheTags, log: logs('cache') })
  const { concurrency } = config.jobs
  const jobPool = openPool({ url: app.url, size: 2, overflow: concurrency, name: 'posad-jobs' })
  const jobs = await runJobs({ pool: jobPool, jobs: allJobs(app, logs), concurrency, log: logs('jobs') })
  const background = startBackground(app, logs)
  const address = await background
    .then(() => listen(server, config.app))
    .catch(async (error: unknown) => {
      await stop()
      throw error
    })
  app.site.listensAt(address)
  return { address, stop }

  /** Each part takes up to 20 s, and all have 25 s together. Requests may wait two seconds for an event to be handled. */
  async function stop() {
    const closed = server.close()
    const answered = Promise.race([closed, sleep(seconds(3), undefined, { ref: false })])
    await Promise.all([
      closed,
      jobs.stop(),
      background.then(
        (ends) => Promise.all(ends.map((end) => end())),
        () => {}, // the parts that had started have ended
      ),
      timeouts.stop(),
      invalidations.stop(),
      answered.then(() => events.stop()),
    ])
    await jobPool.end()
  }
}

const allJobs = ({ db, config, modules, mail }: App, logs: Logs) => [
  ...modules.flatMap((module) => module.jobs ?? []),
  ...logJobs({ db, log: logs('events') }),
  ...sagaJobs({ db }),
  ...httpJobs({ db, retention: config.http.idempotencyTtl }),
  mail.job({ transport: mailTransportOf(config), log: logs('mail') }),
]

const mailTransportOf = ({ mail, app }: Config): MailTransport =>
  mail.kind === 'smtp' ? smtpMail(mail) : fileMail({ directory: join(app.directory, 'mail'), from: mail.from })

function openMetrics(app: App): Metrics {
  const metrics = createMetrics({ service: app.service ?? app.config.app.name, version })
  watchApp(metrics, app)
  return metrics
}

type Serving = Needs &
  Readonly<{
    metrics?: Metrics
    /** Throws when the log or the broker does not answer. The log alone where no events are handled. */
    probeBroker?: () => Promise<void>
  }>

/** The HTTP server of the app with all routes and pages; it does not listen yet. */
export async function openServer({
  app,
  logs,
  build,
  metrics = openMetrics(app),
  probeBroker = () => probeLog(app.db),
}: Serving): Promise<FastifyInstance> {
  const { config, db, modules, service } = app
  const { corsOrigins, trustedProxies, connections, streams, streamSecret, idempotencyTtl, metricsToken } = config.http
  const renderer = randomBytes(32).toString('base64url')
  return await buildServer({
    modules: [...modules, ...(build ? [pagesOf(app, build, renderer)] : [])],
    authenticate: async (token) => (token === renderer ? rendererCaller : await app.authenticate(token)),
    ...(service && { authenticateService: serviceVerifierOf(config, service) }),
    db,
    name: service ?? 'posad',
    version,
    settings: {
      docs: config.app.apiDocs,
      exchange: config.broker.exchange,
      corsOrigins,
      trustedProxies,
      limits: limitsOf(config),
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

const pagesOf = ({ cache, config, modules, site }: App, build: WebBuild, token: string) =>
  storefront({
    ...config.storefront,
    facts: { ...config.storefront.facts, isSandbox: true },
    build,
    cache,
    cacheTags: ['catalog:lists', ...modules.flatMap((module) => module.cacheTags ?? [])],
    origin: site.origin,
    token,
  })

const serviceVerifierOf = (config: Config, service: ServiceName) =>
  openServiceVerifier({ secret: secretOf(config, service), services: [service], now: systemClock })
