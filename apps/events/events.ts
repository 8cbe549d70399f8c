import { sql } from 'kysely'
import type { Db } from '#platform/db'
import {
  carryEvents,
  consumeLog,
  registerEvents,
  type EventParticipant,
  type GroupMeasures,
  type LogConsumer,
} from '#platform/events'
import { Unavailable } from '#platform/outcome'
import type { Logs, Metric } from '#platform/telemetry'
import type { App } from '../app.ts'
import { logMetrics } from '../metrics/log-metrics.ts'
import { version } from '../version.ts'

/** Throws when the log does not answer. */
export async function probeLog(db: Db): Promise<void> {
  await sql`select 1 from platform.consumer limit 1`.execute(db)
}

/** Events that wait longer for the broker than this, in seconds, make the app degraded: its connection may still be open. */
const maxRelayLag = 10

/** Throws when the broker has not taken the oldest event of a relay for ten seconds. */
export function refuseLateRelay(
  measures: readonly GroupMeasures[],
  relays: readonly Readonly<{ name: string }>[],
): void {
  const names = new Set(relays.map(({ name }) => name))
  const late = measures.find(({ group, lag_seconds }) => names.has(group) && lag_seconds > maxRelayLag)
  if (late) throw new Unavailable(`The broker, which takes no event of ${late.group},`)
}

/** The modules of the services that run in other processes: one list for each service. */
export type RemoteServices = readonly (readonly EventParticipant[])[]

type Needs = Readonly<{
  app: Pick<App, 'config' | 'db' | 'pool' | 'modules'>
  logs: Logs
  /** Absent when all modules run in this process. */
  remote?: RemoteServices
  /** False where another process handles the events: this one only publishes. */
  handles?: boolean
}>

/** The handling of events in this process. */
export type RunningEvents = Readonly<{
  consumer: LogConsumer
  metrics: readonly Metric[]
  /** Throws when the log or the broker does not answer. */
  probe: () => Promise<void>
  stop: () => Promise<void>
}>

/**
 * Starts to handle events: leads consumer groups, publishes the events of this process at the broker and takes those of other
 * services from it. Throws when the publishers and the subscribers of all services do not fit together.
 */
export async function startEvents({ app, logs, remote = [], handles = true }: Needs): Promise<RunningEvents> {
  const { config, db, pool, modules } = app
  registerEvents(modules, remote.flat())
  const log = logs('events', config.events.logLevel)
  const services = { local: modules, remote }
  const transport = await carryEvents({ settings: config.broker, services, db, log })
  const groups = modules.map(({ name, subscriptions = [] }) => ({ name, subscriptions }))
  const program = { release: version, alone: config.database.kind === 'embedded' }
  const relays = [...transport.relays, ...modules.flatMap((module) => module.relays ?? [])]
  const consumer = consumeLog({ db, pool, groups, relays, program, leads: handles, settings: config.events, log })
  const stop = async () => {
    await Promise.all([transport.stop(), consumer.stop()])
    await transport.close()
  }
  try {
    await consumer.registered
    if (handles) await transport.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    consumer,
    metrics: [...logMetrics(consumer), ...transport.metrics],
    probe: async () => {
      await probeLog(db)
      // A process that does not reach the log on its own connection handles no events.
      if (!consumer.reachesLog()) throw new Error('The log does not answer this process')
      await transport.probe()
      refuseLateRelay(consumer.measures(), relays)
    },
    stop,
  }
}
