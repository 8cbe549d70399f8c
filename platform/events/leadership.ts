import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { newId } from '#platform/values'
import { backoff } from './failure.ts'
import type { Lead } from './group-consumer.ts'
import type { Group } from './handle-events.ts'
import { LogConnection } from './log-connection.ts'
import { heldKeys } from './park.ts'
import { isForeign } from './read-log.ts'
import type { LogSettings } from './settings.ts'
import { Wake } from './wake.ts'

const channel = 'platform_events'

type Needs = Readonly<{
  db: Db
  pool: Pool
  groups: readonly Group[]
  settings: LogSettings
  log: Log
  onLead: (group: Group, lead: Lead, connection: LogConnection) => void
  /** The connection is gone and with it every lock: nothing may be handed out any more. */
  onLost: () => void
  /** Another process told something. */
  onNotice: () => void
}>

/**
 * Leads groups, one process per group: a session lock on the connection to the log makes the leader, the epoch in its
 * row fences off whoever still believes to be it.
 */
export class Leadership {
  /** Names this process in `msg.consumer` and in its notices. */
  readonly me = newId()
  readonly #needs: Needs
  readonly #led = new Set<string>()
  #connection: LogConnection | undefined
  readonly #wake = new Wake()
  readonly #stopped = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #heard: (() => void) | undefined
  /** True while another process leads a group or may: it wants to be told when something was told here. */
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

  /** Gives everything back; call when nothing of it is in use any more. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#wake.call()
    await this.#running
    await this.#connection?.close()
    this.#connection = undefined
  }

  /** Somebody has taken a group from us: starts anew as a candidate for all. */
  resign(): void {
    this.#needs.log.warn({}, 'another process leads a group of ours')
    this.#drop()
    this.#wake.call()
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped.signal.aborted) {
      try {
        if (!this.#connection) await this.#connect()
        await this.#campaign()
        failures = 0
      } catch (error) {
        if (failures++ === 0) this.#needs.log.warn({ err: error }, 'the log is out of reach')
        this.#drop()
      }
      await this.#wake.sleep(this.#pause(failures))
    }
  }

  /** Leaders just show that they live, candidates look more often; never all processes at the same moment. */
  #pause(failures: number): number {
    if (failures > 0) return backoff(failures, 100, 1000)
    if (this.#led.size === this.#needs.groups.length) return this.#needs.settings.silence * 0.4
    return 400 + Math.random() * 400
  }

  async #connect(): Promise<void> {
    const { pool, settings, log } = this.#needs
    const connection = await LogConnection.open(pool, {
      silence: settings.silence,
      onNotice: (from) => this.#onNotice(from),
      onLost: (error) => {
        if (this.#connection !== connection) return
        log.warn({ err: error }, 'lost the connection to the log, and every group with it')
        this.#drop()
        this.#wake.call()
      },
    })
    this.#connection = connection
    await connection.query('log-listen', `listen ${channel}`, [])
    if (await isForeign(connection)) {
      log.error(
        {},
        'the log comes from another cluster: stop, and run `posad outbox restored`, or its events are never heard',
      )
    }
    void this.#tryListening(pool)
  }

  /** A pooler between us and PostgreSQL swallows notices: then it is as well to know. */
  async #tryListening(pool: Pool): Promise<void> {
    const heard = new Promise<boolean>((resolve) => (this.#heard = () => resolve(true)))
    try {
      await pool.query('select pg_notify($1, $2)', [channel, this.me])
      const signal = this.#stopped.signal
      if (await Promise.race([heard, sleep(3000, false, { signal, ref: false })])) return
      this.#needs.log.warn({}, 'LISTEN does not work here: events told by other processes are found by polling')
    } catch {
      // Stopped, or the database is away, which is reported where it matters.
    }
  }

  #onNotice(from: string): void {
    this.#heard?.()
    if (from !== this.me) this.#needs.onNotice()
  }

  #drop(): void {
    const connection = this.#connection
    this.#connection = undefined
    this.#led.clear()
    this.#needs.onLost()
    void connection?.close()
  }

  /** Shows that we live and runs for every group that we do not lead. */
  async #campaign(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    const wanted = this.#needs.groups.filter(({ name }) => !this.#led.has(name))
    const names = wanted.map(({ name }) => name)
    const rows = await connection.query<{ consumer_group: string; won: boolean }>('log-campaign', campaign, [names])
    for (const { consumer_group } of rows.filter(({ won }) => won)) {
      const group = wanted.find(({ name }) => name === consumer_group)
      if (group) await this.#lead(group, connection)
    }
    const [others] = await connection.query<{ lead: boolean }>('log-others', otherLeaders, [this.me])
    this.othersLead = others?.lead ?? true
  }

  async #lead(group: Group, connection: LogConnection): Promise<void> {
    const types = [...new Set(group.subscriptions.map(({ event }) => event.type))]
    const [row] = await connection.query<Taken>('log-lead', lead, [group.name, this.me, types])
    if (!row || this.#stopped.signal.aborted) return
    const held = await heldKeys(this.#needs.db, group.name)
    this.#led.add(group.name)
    const { epoch, crashes, snapshot, open_window, position } = row
    this.#needs.log.debug({ group: group.name, epoch, crashes }, 'leads a group')
    this.#needs.onLead(group, { epoch, crashes, held, progress: { snapshot, open_window, position } }, connection)
  }
}

type Taken = Readonly<{
  epoch: number
  crashes: number
  snapshot: string
  open_window: string | null
  position: number
}>

const campaign = `
  select consumer_group, pg_try_advisory_lock(hashtextextended('platform:' || consumer_group, 0)) as won from unnest($1::text[]) as wanted(consumer_group)`

const otherLeaders = 'select exists (select from platform.consumer where owner <> $1) as lead'

const lead = `
  insert into platform.consumer as c (consumer_group, owner, types, epoch) values ($1, $2, $3, 1)
  on conflict (consumer_group) do update set
    owner = excluded.owner, types = excluded.types, epoch = c.epoch + 1, updated_at = now(),
    crashes = case when c.owner is null then 0 else c.crashes + 1 end
  returning epoch, crashes, snapshot::text as snapshot, open_window::text as open_window, position`

/** Wakes other processes. A statement of its own, never inside a business transaction: NOTIFY serializes commits. */
export const notice = async (pool: Pool, me: string): Promise<void> => {
  await pool.query('select pg_notify($1, $2)', [channel, me])
}
