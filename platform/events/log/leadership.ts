import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { LogSettings } from '../settings.ts'
import { backoff } from './backoff.ts'
import type { Checkpoint } from './checkpoint.ts'
import { acquireGroups, findOutgrown, registerTypes, type LogGroup, type Program } from './group-types.ts'
import { LogConnection } from './log-connection.ts'
import { isForeign } from './read-log.ts'
import { WakeableSleep } from './wakeable-sleep.ts'

const channel = 'platform_events'
/** The payload of a notification that the registered types have changed; otherwise it is the id of a process. */
const typesChanged = 'types'

/**
 * The state of a group when this process becomes its leader. `crashes` counts the leaders lost since its last progress that
 * have not come back: a process that only lost its connection does not count once it has connected again.
 */
export type Lead = Readonly<{ epoch: number; checkpoint: Checkpoint; crashes: number }>

type Needs<Group extends LogGroup> = Readonly<{
  pool: Pool
  groups: readonly Group[]
  program: Program
  settings: Pick<LogSettings, 'leaderTimeout'>
  log: Log
  onLead: (group: Group, lead: Lead, connection: LogConnection) => Promise<void>
  /** The connection and all its locks are lost: start no further handler. */
  onLost: () => void
  /** Another process published events. */
  onNotification: () => void
}>

/**
 * Elects one leader per group among the processes that handle all its types. A session lock on the log connection makes
 * the leader; the epoch in the row of the group fences off a process that has lost the lock and does not know it yet.
 */
export class Leadership<Group extends LogGroup = LogGroup> {
  /** Identifies this process in `platform.consumer` and in its notifications. */
  readonly id = newId()
  readonly #needs: Needs<Group>
  readonly #led = new Set<string>()
  readonly #registered = Promise.withResolvers<void>()
  /** The groups that a newer release leads, as this process has logged them. */
  readonly #left = new Set<string>()
  #connection: LogConnection | undefined
  readonly #sleep = new WakeableSleep()
  readonly #stopped = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #notified: (() => void) | undefined
  #answeredAt = performance.now()
  /** True while another process leads a group, or may lead one: it needs a notification when this one publishes. */
  othersLead = false

  constructor(needs: Needs<Group>) {
    this.#needs = needs
  }

  get connection(): LogConnection | undefined {
    return this.#connection
  }

  /** False when the server has not answered on the connection to the log for longer than `leaderTimeout`. */
  get reachesLog(): boolean {
    return performance.now() - this.#answeredAt <= this.#needs.settings.leaderTimeout
  }

  /** Resolves when the types of all groups are registered: an event that is published before may be read past. */
  get registered(): Promise<void> {
    return this.#registered.promise
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
    // Without the connection nothing is saved. The process at least says that it does not die.
    if (this.#connection) await this.#connection.close()
    else await this.#needs.pool.query(comeBack, [this.id]).catch(() => {})
    clearTimeout(cut)
    this.#connection = undefined
  }

  /** Gives up all groups, because another process takes one of them, and becomes a candidate for all. */
  resign(): void {
    this.#needs.log.warn({}, 'another process takes a group from this one')
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
      onAnswer: () => (this.#answeredAt = performance.now()),
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
    await connection.query('log-return', comeBack, [this.id])
    const { groups, program } = this.#needs
    if (await registerTypes(connection, groups, program)) await notifyOthers(pool, typesChanged)
    this.#registered.resolve()
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
    if (sender === typesChanged) this.#sleep.wake()
    else if (sender !== this.id) this.#needs.onNotification()
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
    const { groups } = this.#needs
    const led = groups.filter(({ name }) => this.#led.has(name))
    if (led.length > 0 && (await findOutgrown(connection, led)).length > 0) return this.resign()
    const candidates = groups.filter(({ name }) => !this.#led.has(name))
    for (const { consumer_group, acquired, missing } of await acquireGroups(connection, candidates)) {
      const group = candidates.find(({ name }) => name === consumer_group)
      if (acquired && group) await this.#lead(group, connection)
      this.#report(consumer_group, missing)
    }
    const [others] = await connection.query<{ lead: boolean }>('log-others', otherLeaders, [this.id])
    this.othersLead = others?.lead ?? true
  }

  /** Logs once that this process cannot lead a group: during an upgrade, and after a return to an older release. */
  #report(group: string, missing: readonly string[]): void {
    if (missing.length === 0) return void this.#left.delete(group)
    if (this.#left.has(group)) return
    this.#left.add(group)
    this.#needs.log.warn(
      { group, types: missing },
      'this release does not handle all types of the group, and leaves it to a newer one; if that will not run again: posad outbox remove-type GROUP TYPE',
    )
  }

  async #lead(group: Group, connection: LogConnection): Promise<void> {
    const [row] = await connection.query<LeadRow>('log-lead', lead, [group.name, this.id, group.types])
    if (!row) {
      // Another process has registered a type in the meantime.
      await connection.query('log-release', release, [group.name])
      return
    }
    if (this.#stopped.signal.aborted) return
    const { epoch, crashes, ...checkpoint } = row
    await this.#needs.onLead(group, { epoch, crashes, checkpoint }, connection)
    this.#led.add(group.name)
    this.#needs.log.debug({ group: group.name, epoch, crashes }, 'leads a group')
  }
}

type LeadRow = Readonly<{ epoch: number; crashes: number }> & Checkpoint

const otherLeaders = 'select exists (select from platform.consumer where owner <> $1) as lead'

/* This process leads no group yet. Where it is still named as a leader, it lost its connection and did not die. */
const comeBack = `
  update platform.consumer set owner = nullif(owner, $1), lost_leaders = array_remove(lost_leaders, $1),
    isolated_event_id = case when isolated_by = $1 then null else isolated_event_id end, isolated_by = nullif(isolated_by, $1)
  where owner = $1 or isolated_by = $1 or $1 = any(lost_leaders)`

const lead = `
  insert into platform.consumer as c (consumer_group, owner, types, epoch) values ($1, $2, $3, 1)
  on conflict (consumer_group) do update set
    owner = excluded.owner, epoch = c.epoch + 1, updated_at = now(),
    lost_leaders = case when c.owner is null then c.lost_leaders else c.lost_leaders || c.owner end
  where c.types <@ excluded.types
  returning epoch, cardinality(lost_leaders) as crashes, snapshot::text as snapshot, open_window::text as open_window, position`

const release = `select pg_advisory_unlock(hashtextextended('platform:' || $1, 0))`

/** Wakes other processes. A statement of its own, never in a business transaction: NOTIFY serializes commits. */
export const notifyOthers = async (pool: Pool, id: string): Promise<void> => {
  await pool.query('select pg_notify($1, $2)', [channel, id])
}
