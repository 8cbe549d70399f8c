import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { crashpoint } from '#platform/faults'
import { after, newId, type Clock } from '#platform/words'
import { next, type SagaDefinition, type Waiting } from './definition.ts'

/** What a step asks its module to do, inside the transaction of the step. */
export type SagaStep<Effect extends string, Facts> = Readonly<{
  effects: readonly Effect[]
  /** The event id each command is told with; the same at every resend. */
  idOf: (command: Effect) => string
  because: string | null
  /** What the occurrence brought along, kept even when the saga's state did not change. */
  facts: Facts | undefined
}>

/** Carries out a step: writes and tells in `tx`, nothing else. */
export type Perform<Effect extends string, Facts> = (
  tx: AnyTx,
  key: string,
  step: SagaStep<Effect, Facts>,
) => Promise<void>

type Command<Effect extends string> = Readonly<{ effect: Effect; event_id: string }>
type SagaRow<State, Effect extends string> = Readonly<{
  def_version: number
  state: State
  because: string | null
  version: number
  commands: readonly Command<Effect>[]
  resends: number
  due: boolean
}>

/** What happened to an instance, by which event, and the facts to perform with it. */
type News<Occurrence, Facts> = Readonly<{ occurrence: Occurrence; facts?: Facts; event_id?: string }>

/** Thrown when an event speaks of a saga that does not exist (yet): the event is retried, then parked. */
export class UnknownSaga extends Error {
  constructor(type: string, key: string) {
    super(`${type} knows nothing of ${key}`)
    this.name = 'UnknownSaga'
  }
}

/** A saga as its watcher sees it. */
export type WatchedSaga = Readonly<{
  type: string
  /** The versions this program ships. */
  versions: readonly number[]
  /** Tells the commands of an overdue instance again, or lets the `deadline` occur. False when it is not overdue. */
  onDeadline: (tx: AnyTx, key: string) => Promise<boolean>
}>

/** The running instances of one saga, whatever version they were started with. */
export class Saga<
  State extends string,
  Occurrence extends string,
  Effect extends string,
  Facts,
> implements WatchedSaga {
  readonly type: string
  readonly #versions: ReadonlyMap<number, SagaDefinition<State, Occurrence, Effect>>
  readonly #current: SagaDefinition<State, Occurrence, Effect>
  readonly #perform: Perform<Effect, Facts>
  readonly #now: Clock

  /** `definitions`: newest first; an instance ends on the version it started with. */
  constructor(
    definitions: readonly [SagaDefinition<State, Occurrence, Effect>, ...SagaDefinition<State, Occurrence, Effect>[]],
    perform: Perform<Effect, Facts>,
    now: Clock,
  ) {
    this.#current = definitions[0]
    this.type = this.#current.type
    this.#versions = new Map(definitions.map((definition) => [definition.version, definition]))
    this.#perform = perform
    this.#now = now
  }

  get versions(): readonly number[] {
    return [...this.#versions.keys()]
  }

  /** Begins an instance in `state` and returns the event id to tell each of `commands` with. The caller tells them. */
  async start(
    tx: AnyTx,
    key: string,
    { state, commands }: { state: State; commands: readonly Effect[] },
  ): Promise<(command: Effect) => string> {
    const issued = commands.map((effect) => ({ effect, event_id: newId() }))
    await sql`
      with begun as (
        insert into msg.saga (type, key, def_version, state, commands, deadline_at, status)
        values (${this.type}, ${key}, ${this.#current.version}, ${state}, ${JSON.stringify(issued)}::jsonb,
                ${this.#deadlineOf(this.#current.waiting[state])}, 'running')
      )
      insert into msg.saga_step (type, key, version, occurrence, to_state, effects)
      values (${this.type}, ${key}, 1, 'start', ${state}, ${commands})
    `.execute(tx)
    return idIn(issued)
  }

  /**
   * Takes an instance the step that `occurrence` leads to, in the caller's transaction. Nothing changes when the table
   * has no such step; `facts` are performed all the same. Throws `UnknownSaga` when there is no instance.
   */
  async advance(tx: AnyTx, key: string, news: News<Occurrence, Facts>): Promise<boolean> {
    const row = await this.#lock(tx, key)
    if (!row) throw new UnknownSaga(this.type, key)
    return await this.#step(tx, { key, ...row }, news)
  }

  /** Keeps facts that lead nowhere: the module performs them, the saga stays where it is. Throws `UnknownSaga`. */
  async note(tx: AnyTx, key: string, facts: Facts): Promise<void> {
    const row = await this.#lock(tx, key)
    if (!row) throw new UnknownSaga(this.type, key)
    await this.#perform(tx, key, { effects: [], idOf: idIn([]), because: row.because, facts })
  }

  async onDeadline(tx: AnyTx, key: string): Promise<boolean> {
    const row = await this.#lock(tx, key)
    if (!row?.due) return false
    const definition = this.#definitionOf(row)
    const waiting = definition.waiting[row.state]
    if (typeof waiting === 'object' && row.resends < waiting.resends) {
      await sql`update msg.saga set resends = resends + 1, deadline_at = ${this.#deadlineOf(waiting)} where type = ${this.type} and key = ${key}`.execute(
        tx,
      )
      await this.#log(tx, key, {
        version: row.version,
        from: row.state,
        occurrence: 'resend',
        effects: row.commands.map((command) => command.effect),
      })
      await this.#perform(tx, key, {
        effects: row.commands.map((command) => command.effect),
        idOf: idIn(row.commands),
        because: row.because,
        facts: undefined,
      })
    } else if (next(definition, row.state, 'deadline')) {
      await this.#step(tx, { key, ...row }, { occurrence: 'deadline' })
    } else {
      await sql`update msg.saga set status = 'needs_operator', deadline_at = null where type = ${this.type} and key = ${key}`.execute(
        tx,
      )
      await this.#log(tx, key, { version: row.version, from: row.state, occurrence: 'operator-called', effects: [] })
    }
    return true
  }

  async #step(
    tx: AnyTx,
    { key, ...row }: SagaRow<State, Effect> & { key: string },
    { occurrence, facts, event_id }: News<Occurrence | 'deadline', Facts>,
  ): Promise<boolean> {
    const definition = this.#definitionOf(row)
    const step = next(definition, row.state, occurrence)
    if (!step) {
      await this.#log(tx, key, { version: row.version, from: row.state, occurrence, event_id, effects: [] })
      if (facts !== undefined)
        await this.#perform(tx, key, { effects: [], idOf: idIn([]), because: row.because, facts })
      return false
    }
    const commands = step.do
      .filter((effect) => definition.commands.includes(effect))
      .map((effect) => ({ effect, event_id: newId() }))
    const because = step.because === null ? null : (row.because ?? step.because ?? null)
    const waiting = definition.waiting[step.to]
    await sql`
      with moved as (
        update msg.saga
        set state = ${step.to}, because = ${because}, version = version + 1, commands = ${JSON.stringify(commands)}::jsonb, resends = 0,
            deadline_at = ${this.#deadlineOf(waiting)}, status = ${statusOf(waiting)}, last_progress_at = now()
        where type = ${this.type} and key = ${key}
      )
      insert into msg.saga_step (type, key, version, from_state, occurrence, event_id, to_state, effects)
      values (${this.type}, ${key}, ${row.version + 1}, ${row.state}, ${occurrence}, ${event_id ?? null}, ${step.to}, ${step.do})
    `.execute(tx)
    await this.#perform(tx, key, { effects: step.do, idOf: idIn(commands), because, facts })
    crashpoint('saga.stepped.before-commit')
    return true
  }

  async #lock(tx: AnyTx, key: string): Promise<SagaRow<State, Effect> | undefined> {
    const { rows } = await sql<SagaRow<State, Effect>>`
      select def_version, state, because, version, commands, resends,
             status = 'running' and deadline_at <= ${this.#now()} as due
      from msg.saga where type = ${this.type} and key = ${key} for update
    `.execute(tx)
    return rows[0]
  }

  async #log(
    tx: AnyTx,
    key: string,
    {
      version,
      from,
      occurrence,
      event_id,
      effects,
    }: { version: number; from: State; occurrence: string; event_id?: string | undefined; effects: readonly Effect[] },
  ): Promise<void> {
    await sql`
      insert into msg.saga_step (type, key, version, from_state, occurrence, event_id, effects)
      values (${this.type}, ${key}, ${version}, ${from}, ${occurrence}, ${event_id ?? null}, ${effects})
    `.execute(tx)
  }

  #definitionOf({ def_version }: { def_version: number }) {
    const definition = this.#versions.get(def_version)
    if (!definition)
      throw new Error(`${this.type} version ${def_version} is not shipped any more, but an instance runs on it`)
    return definition
  }

  #deadlineOf = (waiting: Waiting): Date | null =>
    typeof waiting === 'object' ? after(this.#now(), waiting.within) : null
}

const statusOf = (waiting: Waiting) => (waiting === 'completed' || waiting === 'compensated' ? waiting : 'running')

const idIn =
  <Effect extends string>(commands: readonly Command<Effect>[]) =>
  (effect: Effect): string => {
    const command = commands.find((issued) => issued.effect === effect)
    if (!command) throw new Error(`${effect} is not a command of this step`)
    return command.event_id
  }
