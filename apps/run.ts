import type { FastifyInstance } from 'fastify'
import { isIP } from 'node:net'
import { sql } from 'kysely'
import { openPool } from '#platform/db'
import { consumeLog, logJobs, registerEvents } from '#platform/events'
import { buildServer, httpJobs } from '#platform/http'
import { runJobs } from '#platform/jobs'
import { refuseUnshippedVersions, sagaJobs, watchTimeouts } from '#platform/saga'
import { createMetrics, type Logs, type Metrics } from '#platform/telemetry'
import { seconds, systemClock } from '#platform/values'
import { watchApp } from './metrics.ts'
import { homePages } from './home/routes.ts'
import { type App } from './app.ts'
import { logMetrics } from './log-metrics.ts'
import { Refusal } from './refusal.ts'
import { version } from './version.ts'

/** A house at work. */
export type Running = Readonly<{ address: string; stop: () => Promise<void> }>

type Needs = Readonly<{ app: App; logs: Logs }>

/** Everything of a house that runs by itself: hearers, sagas' deadlines, jobs and the HTTP server, in this order. */
export async function runApp({ app, logs }: Needs): Promise<Running> {
  const { config, db, pool, modules } = app
  const sagas = modules.flatMap((module) => module.sagas ?? [])
  registerEvents(modules)
  await refuseUnshippedVersions(db, sagas)
  const metrics = openMetrics(app)
  const server = await openServer({ app, logs, metrics })

  const log = logs('posad')
  const groups = modules.map(({ name, subscriptions = [] }) => ({ name, subscriptions }))
  const consumer = consumeLog({
    db,
    pool,
    groups,
    settings: config.outbox,
    log: logs('events', config.outbox.logLevel),
  })
  for (const figure of logMetrics(consumer)) metrics.watch(figure)
  const timeouts = watchTimeouts({
    db,
    sagas,
    now: systemClock,
    interval: seconds(1),
    onError: (error) => log.error({ err: error }, 'a saga could not go on'),
  })
  const jobPool = openPool({ url: app.url, size: 2, overflow: config.jobs.concurrency, name: 'posad-jobs' })
  const jobs = await runJobs({
    pool: jobPool,
    jobs: allJobs(app, logs),
    concurrency: config.jobs.concurrency,
    log: logs('jobs'),
  })
  const address = await listen(server, config).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { address, stop }

  async function stop() {
    await Promise.all([server.close(), jobs.stop(), timeouts.stop()])
    await consumer.stop()
    await jobPool.end()
  }
}

const allJobs = ({ db, config, modules }: App, logs: Logs) => [
  ...modules.flatMap((module) => module.jobs ?? []),
  ...logJobs({ db, log: logs('events') }),
  ...sagaJobs({ db }),
  ...httpJobs({ db, kept: config.idempotencyTtl }),
]

function openMetrics(app: App): Metrics {
  const metrics = createMetrics({ service: app.config.name, version })
  watchApp(metrics, app)
  return metrics
}

type Serving = Needs & Readonly<{ metrics?: Metrics }>

/** The HTTP server of a house with its pages, not listening yet. */
export async function openServer({ app, logs, metrics = openMetrics(app) }: Serving): Promise<FastifyInstance> {
  const { config, db, modules, identity } = app
  return await buildServer({
    modules: [...modules, homePages(app)],
    authenticate: identity.api.authenticate,
    db,
    name: 'posad',
    version,
    settings: {
      docs: config.apiDocs,
      corsOrigins: config.corsOrigins,
      trustedProxies: config.trustedProxies,
      limits: config.limits,
      idempotencyTtl: config.idempotencyTtl,
      metricsToken: config.metricsToken,
      https: config.publicUrl?.startsWith('https:') ?? false,
    },
    health: { broker: () => sql`select 1 from platform.consumer limit 1`.execute(db) },
    log: logs('http'),
    metrics,
  })
}

async function listen(server: FastifyInstance, { host, port }: App['config']): Promise<string> {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    throw listenRefusal(error, { host, port })
  }
}

/** What went wrong with an address, for a person; anything else is thrown on as it is. */
export function listenRefusal(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const { code } = error as NodeJS.ErrnoException
  const place = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  if (code === 'EADDRINUSE')
    return new Refusal(`${place} is taken by another program: stop it, or start with APP_PORT=${port + 1}`)
  if (code === 'EACCES') return new Refusal(`${place} needs more rights than you have: choose an APP_PORT above 1023`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Refusal(`APP_HOST ${host} is not an address of this machine`)
  return error
}
