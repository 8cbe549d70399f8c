import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { crashpoint } from '#platform/faults'
import { after, newId, type Clock } from '#platform/words'
import { next, type SagaDefinition, type Waiting } from './definition.ts'
import { sagaRows, type Command, type SagaRow } from './saga-rows.ts'

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
  readonly #rows: ReturnType<typeof sagaRows<State, Effect>>

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
    this.#rows = sagaRows(this.type, now)
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
    return await this.#step(tx, await this.#locked(tx, key), news)
  }

  /** Keeps facts that lead nowhere: the module performs them, the saga stays where it is. Throws `UnknownSaga`. */
  async note(tx: AnyTx, key: string, facts: Facts): Promise<void> {
    const { because } = await this.#locked(tx, key)
    await this.#perform(tx, key, { effects: [], idOf: idIn([]), because, facts })
  }

  /**
   * Locks an instance until the transaction ends; false when there is none. Whoever decides by what a saga walks, an order,
   * locks the saga before it, as every step does: two who lock in different order wait for each other.
   */
  async lock(tx: AnyTx, key: string): Promise<boolean> {
    return (await this.#rows.lock(tx, key)) !== undefined
  }

  async #locked(tx: AnyTx, key: string): Promise<SagaRow<State, Effect>> {
    const row = await this.#rows.lock(tx, key)
    if (!row) throw new UnknownSaga(this.type, key)
    return row
  }

  async onDeadline(tx: AnyTx, key: string): Promise<boolean> {
    const row = await this.#rows.lock(tx, key)
    if (!row?.due) return false
    const definition = this.#definitionOf(row)
    const waiting = definition.waiting[row.state]
    if (typeof waiting === 'object' && row.resends < waiting.resends) {
      await this.#resend(tx, row, waiting)
    } else if (next(definition, row.state, 'deadline')) {
      await this.#step(tx, row, { occurrence: 'deadline' })
    } else {
      await sql`update msg.saga set status = 'needs_operator', deadline_at = null where type = ${this.type} and key = ${key}`.execute(
        tx,
      )
      await this.#remark(tx, row, { occurrence: 'operator-called' })
    }
    return true
  }

  async #resend(tx: AnyTx, row: SagaRow<State, Effect>, waiting: Waiting): Promise<void> {
    const effects = row.commands.map(({ effect }) => effect)
    await sql`
      update msg.saga set resends = resends + 1, deadline_at = ${this.#deadlineOf(waiting)}
      where type = ${this.type} and key = ${row.key}
    `.execute(tx)
    await this.#remark(tx, row, { occurrence: 'resend', effects })
    await this.#perform(tx, row.key, { effects, idOf: idIn(row.commands), because: row.because, facts: undefined })
  }

  async #step(
    tx: AnyTx,
    row: SagaRow<State, Effect>,
    { occurrence, facts, event_id }: News<Occurrence | 'deadline', Facts>,
  ): Promise<boolean> {
    const { key, state } = row
    const definition = this.#definitionOf(row)
    const step = next(definition, state, occurrence)
    if (!step) {
      await this.#remark(tx, row, { occurrence, event_id })
      if (facts !== undefined)
        await this.#perform(tx, key, { effects: [], idOf: idIn([]), because: row.because, facts })
      return false
    }
    const commands = step.do
      .filter((effect) => definition.commands.includes(effect))
      .map((effect) => ({ effect, event_id: newId() }))
    const because = step.because === null ? null : (row.because ?? step.because ?? null)
    const waiting = definition.waiting[step.to]
    await this.#rows.keepStep(tx, {
      key,
      version: row.version + 1,
      from_state: state,
      to_state: step.to,
      because,
      commands,
      deadline_at: this.#deadlineOf(waiting),
      status: statusOf(waiting),
      occurrence,
      event_id: event_id ?? null,
      effects: step.do,
    })
    await this.#perform(tx, key, { effects: step.do, idOf: idIn(commands), because, facts })
    crashpoint('saga.stepped.before-commit')
    return true
  }

  /** Notes in the log of steps what left the instance where it was. */
  async #remark(
    tx: AnyTx,
    { key, version, state }: SagaRow<State, Effect>,
    { occurrence, event_id, effects = [] }: { occurrence: string; event_id?: string | undefined; effects?: Effect[] },
  ): Promise<void> {
    await this.#rows.remark(tx, { key, version, from_state: state, occurrence, event_id: event_id ?? null, effects })
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
