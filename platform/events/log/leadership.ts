import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Log } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { LogSettings } from '../settings.ts'
import { backoff } from './backoff.ts'
import { balance } from './balance.ts'
import { Candidacy, lockGroups, unlockGroup } from './claims.ts'
import { registerTypes, type LogGroup, type Program } from './group-types.ts'
import { HangingProcesses } from './hanging-processes.ts'
import { othersLead, raiseEpoch, reportAlive, reportAliveByPool, type Lead } from './leads.ts'
import { LogConnection } from './log-connection.ts'
import { channel, claimsChanged, notifyOthers } from './notify.ts'
import { isForeign } from './read-log.ts'
import { WakeableSleep } from './wakeable-sleep.ts'

type Needs<Group extends LogGroup> = Readonly<{
  pool: Pool
  groups: readonly Group[]
  program: Program
  /** False for a process that only publishes: it registers the types of its groups and leads none. */
  leads: boolean
  settings: Pick<LogSettings, 'leaderTimeout'>
  log: Log
  onLead: (group: Group, lead: Lead, connection: LogConnection) => Promise<void>
  /** Another process goes on with the group: end its work here in good order and save its checkpoint. */
  onHandOver: (group: Group) => Promise<void>
  /** The connection and all its locks are lost: start no further handler. */
  onLost: () => void
  /** Another process published events. */
  onNotification: () => void
}>

/**
 * Elects one leader per group among the processes that handle all its types, so that each leads its share of the groups. A
 * session lock on the log connection makes the leader; the epoch in the row of the group fences off a process that has lost
 * the lock and does not know it yet. All locks of a process are on one connection.
 */
export class Leadership<Group extends LogGroup = LogGroup> {
  /** Identifies this process in `platform.consumer` and in its notifications. */
  readonly id = newId()
  readonly #needs: Needs<Group>
  readonly #groups: ReadonlyMap<string, Group>
  readonly #candidacy: Candidacy
  readonly #hanging: HangingProcesses
  readonly #led = new Set<string>()
  /** The led groups whose work ends here, because another process goes on with them. */
  readonly #leaving = new Map<string, Promise<void>>()
  readonly #registered = Promise.withResolvers<void>()
  /** The groups that this process leaves to a newer release, as it has logged them. */
  readonly #newer = new Set<string>()
  #connection: LogConnection | undefined
  readonly #sleep = new WakeableSleep()
  readonly #stopped = new AbortController()
  #retired: boolean
  #running: Promise<void> = Promise.resolve()
  #notified: (() => void) | undefined
  #answeredAt = performance.now()
  /** True while another process leads a group, or may lead one: it needs a notification when this one publishes. */
  othersLead = false

  constructor(needs: Needs<Group>) {
    this.#needs = needs
    this.#retired = !needs.leads
    this.#groups = new Map(needs.groups.map((group) => [group.name, group]))
    this.#candidacy = new Candidacy(needs.groups)
    this.#hanging = new HangingProcesses({ timeout: this.#calmPause })
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

  /** Takes no further group and hands over every group that it leads, each as soon as its work has ended. */
  async retire(): Promise<void> {
    this.#retired = true
    this.#sleep.wake()
    const connection = this.#connection
    if (connection) await Promise.all([...this.#led].map((name) => this.#handOver(name, connection)))
  }

  /** Releases every group within `milliseconds`. Call it when no group is in use any more. */
  async stop(milliseconds: number): Promise<void> {
    this.#stopped.abort()
    this.#sleep.wake()
    const cut = setTimeout(() => this.#connection?.cut(), milliseconds)
    await this.#running
    // Without the connection nothing is saved. The process at least says that it does not die.
    if (this.#connection) await this.#connection.close()
    else await reportAliveByPool(this.#needs.pool, this.id).catch(() => {})
    clearTimeout(cut)
    this.#connection = undefined
  }

  /** Gives up all groups at once, because another process has taken one of them, and becomes a candidate again. */
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
        await this.#takeShare()
        failures = 0
      } catch (error) {
        if (failures++ === 0) this.#needs.log.warn({ err: error }, 'cannot reach the log')
        this.#drop()
      }
      await this.#sleep.sleep(this.#pause(failures))
    }
  }

  /** The leader of all groups only keeps its connection alive; others look more often, and not all at the same moment. */
  #pause(failures: number): number {
    if (failures > 0) return backoff(failures, 100, 1000)
    if (this.#retired || this.#led.size === this.#groups.size) return this.#calmPause
    return 400 + Math.random() * 400
  }

  get #calmPause(): number {
    return this.#needs.settings.leaderTimeout * 0.4
  }

  async #connect(): Promise<void> {
    const { pool, settings, log, groups, program } = this.#needs
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
    await reportAlive(connection, this.id)
    if (await registerTypes(connection, groups, program)) await notifyOthers(pool, claimsChanged)
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
    if (sender === claimsChanged) this.#sleep.wake()
    else if (sender !== this.id) this.#needs.onNotification()
  }

  #drop(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#led.clear()
    this.#candidacy.clear()
    this.#needs.onLost()
    void connection?.close()
  }

  /** Keeps the connection alive, takes the groups that this process should lead, and hands over the others. */
  async #takeShare(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    const { pid } = connection
    const { claims, changed } = await this.#candidacy.read(connection, this.#retired)
    if (claims.some(({ consumer_group, missing }) => this.#led.has(consumer_group) && missing.length > 0))
      return this.resign()
    const plan = balance(this.#hanging.exclude(claims))
    this.#hanging.observe(claims, plan, pid)
    const hasRivals = claims.some(({ candidates }) => candidates.some((candidate) => candidate !== pid))
    if (changed && hasRivals) await notifyOthers(this.#needs.pool, claimsChanged)
    for (const name of this.#led) if (this.#mustLeave(name, plan, pid)) void this.#handOver(name, connection)
    const free = claims.filter(({ consumer_group, leader }) => leader === null && plan.get(consumer_group) === pid)
    const names = free.map(({ consumer_group }) => consumer_group).filter((name) => !this.#led.has(name))
    for (const name of await lockGroups(connection, names)) await this.#lead(name, connection)
    for (const { consumer_group, missing } of claims) this.#report(consumer_group, missing)
    this.othersLead = hasRivals || (await othersLead(connection, this.id))
  }

  #mustLeave(name: string, plan: ReadonlyMap<string, number>, pid: number): boolean {
    return this.#retired || (plan.has(name) && plan.get(name) !== pid)
  }

  /** Logs once that this process cannot lead a group: during an upgrade, and after a return to an older release. */
  #report(group: string, missing: readonly string[]): void {
    if (missing.length === 0) return void this.#newer.delete(group)
    if (this.#newer.has(group)) return
    this.#newer.add(group)
    this.#needs.log.warn(
      { group, types: missing },
      'this release does not handle all types of the group, and leaves it to a newer one; if that will not run again: posad outbox remove-type GROUP TYPE',
    )
  }

  async #lead(name: string, connection: LogConnection): Promise<void> {
    const group = this.#groups.get(name)
    const lead = group && !this.#retired ? await raiseEpoch(connection, group, this.id) : undefined
    if (!group || !lead) {
      // The process stops, or another one has registered a type in the meantime.
      await unlockGroup(connection, name)
      return
    }
    if (this.#stopped.signal.aborted) return
    await this.#needs.onLead(group, lead, connection)
    this.#led.add(name)
    this.#needs.log.debug({ group: name, epoch: lead.epoch, crashes: lead.crashes }, 'leads a group')
  }

  /** Hands a group over. The loop does not wait for it, because handlers may take seconds and the connection must stay alive. */
  #handOver(name: string, connection: LogConnection): Promise<void> {
    const leaving = this.#leaving.get(name) ?? this.#endAndUnlock(name, connection)
    this.#leaving.set(name, leaving)
    return leaving
  }

  async #endAndUnlock(name: string, connection: LogConnection): Promise<void> {
    const group = this.#groups.get(name)
    const { pool, log } = this.#needs
    try {
      if (group) await this.#needs.onHandOver(group)
      if (this.#connection !== connection) return
      await unlockGroup(connection, name)
      this.#led.delete(name)
      log.debug({ group: name }, 'left a group to another process')
      if (this.othersLead) await notifyOthers(pool, claimsChanged)
    } catch (error) {
      log.warn({ err: error, group: name }, 'could not leave a group in good order')
      // The work on it has ended here. Without the lock another process goes on.
      if (this.#connection === connection && this.#led.has(name)) this.resign()
    } finally {
      this.#leaving.delete(name)
    }
  }
}
