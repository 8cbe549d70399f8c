import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { LogSettings } from '../settings.ts'
import type { ConsumerGroup } from '../subscribe.ts'
import { backoff } from './backoff.ts'
import type { Checkpoint } from './checkpoint.ts'
import { LogConnection } from './log-connection.ts'
import { isForeign } from './read-log.ts'
import { WakeableSleep } from './wakeable-sleep.ts'

const channel = 'platform_events'

/** The state of a group when this process becomes its leader. `crashes` counts the leaders lost since its last progress. */
export type Lead = Readonly<{ epoch: number; checkpoint: Checkpoint; crashes: number }>

type Needs = Readonly<{
  pool: Pool
  groups: readonly ConsumerGroup[]
  settings: Pick<LogSettings, 'leaderTimeout'>
  log: Log
  onLead: (group: ConsumerGroup, lead: Lead, connection: LogConnection) => Promise<void>
  /** The connection and all its locks are lost: start no further handler. */
  onLost: () => void
  /** Another process published events. */
  onNotification: () => void
}>

/**
 * Elects one leader per group among all processes. A session lock on the log connection makes the leader; the epoch in
 * the row of the group fences off a process that has lost the lock and does not know it yet.
 */
export class Leadership {
  /** Identifies this process in `platform.consumer` and in its notifications. */
  readonly id = newId()
  readonly #needs: Needs
  readonly #led = new Set<string>()
  #connection: LogConnection | undefined
  readonly #sleep = new WakeableSleep()
  readonly #stopped = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #notified: (() => void) | undefined
  /** True while another process leads a group, or may lead one: it needs a notification when this one publishes. */
  othersLead = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  get connection(): LogConnection | undefined {
    return this.#connection
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Releases every group within `milliseconds`. Call it when no group is in use any more. */
  async stop(milliseconds: number): Promise<void> {
    this.#stopped.abort()
    this.#sleep.wake()
    const cut = setTimeout(() => this.#connection?.cut(), milliseconds)
    await this.#running
    await this.#connection?.close()
    clearTimeout(cut)
    this.#connection = undefined
  }

  /** Gives up all groups, because another process has taken one of them, and becomes a candidate for all. */
  resign(): void {
    this.#needs.log.warn({}, 'another process has taken a group from this one')
    this.#drop()
    this.#sleep.wake()
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped.signal.aborted) {
      try {
        if (!this.#connection) await this.#connect()
        await this.#acquireGroups()
        failures = 0
      } catch (error) {
        if (failures++ === 0) this.#needs.log.warn({ err: error }, 'cannot reach the log')
        this.#drop()
      }
      await this.#sleep.sleep(this.#pause(failures))
    }
  }

  /** Leaders only keep their connection alive; candidates try more often, and not all at the same moment. */
  #pause(failures: number): number {
    if (failures > 0) return backoff(failures, 100, 1000)
    if (this.#led.size === this.#needs.groups.length) return this.#needs.settings.leaderTimeout * 0.4
    return 400 + Math.random() * 400
  }

  async #connect(): Promise<void> {
    const { pool, settings, log } = this.#needs
    const connection = await LogConnection.open(pool, {
      timeout: settings.leaderTimeout,
      onNotification: (sender) => this.#onNotification(sender),
      onLost: (error) => {
        if (this.#connection !== connection) return
        log.warn({ err: error }, 'lost the connection to the log and the lead of every group')
        this.#drop()
        this.#sleep.wake()
      },
    })
    this.#connection = connection
    await connection.query('log-listen', `listen ${channel}`, [])
    if (await isForeign(connection)) {
      log.error(
        {},
        'the log comes from another cluster and its events stay unhandled: stop, run `posad outbox after-restore`',
      )
    }
    void this.#testNotifications(pool)
  }

  /** Warns when notifications do not arrive: a pooler between this process and PostgreSQL may swallow them. */
  async #testNotifications(pool: Pool): Promise<void> {
    const notified = new Promise<boolean>((resolve) => (this.#notified = () => resolve(true)))
    try {
      await notifyOthers(pool, this.id)
      const signal = this.#stopped.signal
      if (await Promise.race([notified, sleep(3000, false, { signal, ref: false })])) return
      this.#needs.log.warn({}, 'LISTEN does not work here: this process polls for the events of other processes')
    } catch {
      // The consumer stops, or the database is away: other code reports that.
    }
  }

  #onNotification(sender: string): void {
    this.#notified?.()
    if (sender !== this.id) this.#needs.onNotification()
  }

  #drop(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#led.clear()
    this.#needs.onLost()
    void connection?.close()
  }

  /** Keeps the connection alive and tries to lock every group that this process does not lead. */
  async #acquireGroups(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    const candidates = this.#needs.groups.filter(({ name }) => !this.#led.has(name))
    const names = candidates.map(({ name }) => name)
    const rows = await connection.query<{ consumer_group: string; acquired: boolean }>('log-acquire', acquire, [names])
    for (const { consumer_group } of rows.filter(({ acquired }) => acquired)) {
      const group = candidates.find(({ name }) => name === consumer_group)
      if (group) await this.#lead(group, connection)
    }
    const [others] = await connection.query<{ lead: boolean }>('log-others', otherLeaders, [this.id])
    this.othersLead = others?.lead ?? true
  }

  async #lead(group: ConsumerGroup, connection: LogConnection): Promise<void> {
    const types = [...new Set(group.subscriptions.map(({ event }) => event.type))]
    const [row] = await connection.query<LeadRow>('log-lead', lead, [group.name, this.id, types])
    if (!row || this.#stopped.signal.aborted) return
    const { epoch, crashes, ...checkpoint } = row
    await this.#needs.onLead(group, { epoch, crashes, checkpoint }, connection)
    this.#led.add(group.name)
    this.#needs.log.debug({ group: group.name, epoch, crashes }, 'leads a group')
  }
}

type LeadRow = Readonly<{ epoch: number; crashes: number }> & Checkpoint

const acquire = `
  select consumer_group, pg_try_advisory_lock(hashtextextended('platform:' || consumer_group, 0)) as acquired
  from unnest($1::text[]) as candidate(consumer_group)`

const otherLeaders = 'select exists (select from platform.consumer where owner <> $1) as lead'

const lead = `
  insert into platform.consumer as c (consumer_group, owner, types, epoch) values ($1, $2, $3, 1)
  on conflict (consumer_group) do update set
    owner = excluded.owner, types = excluded.types, epoch = c.epoch + 1, updated_at = now(),
    crashes = case when c.owner is null then 0 else c.crashes + 1 end
  returning epoch, crashes, snapshot::text as snapshot, open_window::text as open_window, position`

/** Wakes other processes. A statement of its own, never in a business transaction: NOTIFY serializes commits. */
export const notifyOthers = async (pool: Pool, id: string): Promise<void> => {
  await pool.query('select pg_notify($1, $2)', [channel, id])
}
