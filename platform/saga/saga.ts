import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { crashPoint } from './crash-points.ts'
import { after, newId, type Clock } from '#platform/values'
import { next, type SagaDefinition, type Waiting } from './definition.ts'
import { sagaRows, type Command, type SagaRow } from './store.ts'

/** What a step asks its module to do, inside the transaction of the step. */
export type SagaStep<Effect extends string, Facts> = Readonly<{
  effects: readonly Effect[]
  /** The event id each command is told with; the same at every resend. */
  idOf: (command: Effect) => string
  reason: string | null
  /** What the occurrence brought along, kept even when the saga's state did not change. */
  facts: Facts | undefined
}>

/**
 * Locks what a saga walks and returns how a step is carried out with it: it writes and tells in `tx`, nothing else. The lock
 * is asked for together with the saga's own, the writes go out together with the saga's.
 */
export type LockAggregate<Effect extends string, Facts> = (
  tx: AnyTx,
  key: string,
) => Promise<(step: SagaStep<Effect, Facts>) => Promise<void>>

/** An instance that is locked, with what it walks. */
type Locked<State extends string, Effect extends string, Facts> = SagaRow<State, Effect> &
  Readonly<{ apply: (step: SagaStep<Effect, Facts>) => Promise<void> }>

/** What happened to an instance, by which event, and the facts to perform with it. */
type News<Trigger, Facts> = Readonly<{ trigger: Trigger; facts?: Facts; event_id?: string }>

/** Thrown when an event speaks of a saga that does not exist (yet): the event is retried, then parked. */
export class SagaNotFound extends Error {
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
  onTimeout: (tx: AnyTx, key: string) => Promise<boolean>
}>

/** The running instances of one saga, whatever version they were started with. */
export class Saga<State extends string, Trigger extends string, Effect extends string, Facts> implements WatchedSaga {
  readonly type: string
  readonly #versions: ReadonlyMap<number, SagaDefinition<State, Trigger, Effect>>
  readonly #current: SagaDefinition<State, Trigger, Effect>
  readonly #apply: LockAggregate<Effect, Facts>
  readonly #now: Clock
  readonly #rows: ReturnType<typeof sagaRows<State, Effect>>

  /** `definitions`: newest first; an instance ends on the version it started with. */
  constructor(
    definitions: readonly [SagaDefinition<State, Trigger, Effect>, ...SagaDefinition<State, Trigger, Effect>[]],
    apply: LockAggregate<Effect, Facts>,
    now: Clock,
  ) {
    this.#current = definitions[0]
    this.type = this.#current.type
    this.#versions = new Map(definitions.map((definition) => [definition.version, definition]))
    this.#apply = apply
    this.#now = now
    this.#rows = sagaRows(this.type, now)
  }

  get versions(): readonly number[] {
    return [...this.#versions.keys()]
  }

  /** Begins an instance in `state`, waiting for the answers to `commands`: the caller tells them, with their event ids. */
  async start(
    tx: AnyTx,
    key: string,
    { state, commands }: { state: State; commands: readonly Command<Effect>[] },
  ): Promise<void> {
    await sql`
      with begun as (
        insert into platform.saga (type, key, def_version, state, commands, timeout_at, status)
        values (${this.type}, ${key}, ${this.#current.version}, ${state}, ${JSON.stringify(commands)}::jsonb,
                ${this.#deadlineOf(this.#current.waiting[state])}, 'running')
      )
      insert into platform.saga_step (type, key, version, trigger, to_state, effects)
      values (${this.type}, ${key}, 1, 'start', ${state}, ${commands.map(({ effect }) => effect)})
    `.execute(tx)
  }

  /**
   * Takes an instance the step that `occurrence` leads to, in the caller's transaction. Nothing changes when the table
   * has no such step; `facts` are performed all the same. Throws `UnknownSaga` when there is no instance.
   */
  async advance(tx: AnyTx, key: string, news: News<Trigger, Facts>): Promise<boolean> {
    return await this.#step(tx, await this.#locked(tx, key), news)
  }

  /** Keeps facts that lead nowhere: the module performs them, the saga stays where it is. Throws `UnknownSaga`. */
  async note(tx: AnyTx, key: string, facts: Facts): Promise<void> {
    const { reason, apply } = await this.#locked(tx, key)
    await apply({ effects: [], idOf: idIn([]), reason, facts })
  }

  /**
   * Locks an instance until the transaction ends; false when there is none. Whoever decides by what a saga walks, an order,
   * locks the saga before it, as every step does: two who lock in different order wait for each other.
   */
  async lock(tx: AnyTx, key: string): Promise<boolean> {
    return (await this.#rows.lock(tx, key)) !== undefined
  }

  async #locked(tx: AnyTx, key: string): Promise<Locked<State, Effect, Facts>> {
    const [row, apply] = await Promise.all([this.#rows.lock(tx, key), this.#apply(tx, key)])
    if (!row) throw new SagaNotFound(this.type, key)
    return { ...row, apply }
  }

  async onTimeout(tx: AnyTx, key: string): Promise<boolean> {
    const instance = await this.#locked(tx, key)
    if (!instance.due) return false
    const definition = this.#definitionOf(instance)
    const waiting = definition.waiting[instance.state]
    if (typeof waiting === 'object' && instance.resends < waiting.resends) await this.#resend(tx, instance, waiting)
    else if (next(definition, instance.state, 'timeout')) await this.#step(tx, instance, { trigger: 'timeout' })
    else await this.#callOperator(tx, instance)
    return true
  }

  async #resend(tx: AnyTx, instance: Locked<State, Effect, Facts>, waiting: Waiting): Promise<void> {
    const { key, reason, commands, apply } = instance
    const effects = commands.map(({ effect }) => effect)
    await sql`
      update platform.saga set resends = resends + 1, timeout_at = ${this.#deadlineOf(waiting)}
      where type = ${this.type} and key = ${key}
    `.execute(tx)
    await this.#remark(tx, instance, { trigger: 'resend', effects })
    await apply({ effects, idOf: idIn(commands), reason, facts: undefined })
  }

  async #callOperator(tx: AnyTx, instance: Locked<State, Effect, Facts>): Promise<void> {
    await sql`
      update platform.saga set status = 'needs_operator', timeout_at = null where type = ${this.type} and key = ${instance.key}
    `.execute(tx)
    await this.#remark(tx, instance, { trigger: 'operator-called' })
  }

  async #step(
    tx: AnyTx,
    instance: Locked<State, Effect, Facts>,
    { trigger, facts, event_id }: News<Trigger | 'timeout', Facts>,
  ): Promise<boolean> {
    const { key, state, version, apply } = instance
    const definition = this.#definitionOf(instance)
    const step = next(definition, state, trigger)
    if (!step) {
      await this.#remark(tx, instance, { trigger, event_id })
      if (facts !== undefined) await apply({ effects: [], idOf: idIn([]), reason: instance.reason, facts })
      return false
    }
    const commands = step.do.filter((effect) => definition.commands.includes(effect)).map(issueCommand)
    const reason = step.reason === null ? null : (instance.reason ?? step.reason ?? null)
    const waiting = definition.waiting[step.to]
    const kept = this.#rows.keepStep(tx, {
      key,
      version: version + 1,
      from_state: state,
      to_state: step.to,
      reason,
      commands,
      timeout_at: this.#deadlineOf(waiting),
      status: statusOf(waiting),
      trigger,
      event_id: event_id ?? null,
      effects: step.do,
    })
    await Promise.all([kept, apply({ effects: step.do, idOf: idIn(commands), reason, facts })])
    crashPoint('stepped.before-commit')
    return true
  }

  /** Notes in the log of steps what left the instance where it was. */
  async #remark(
    tx: AnyTx,
    { key, version, state }: SagaRow<State, Effect>,
    { trigger, event_id, effects = [] }: { trigger: string; event_id?: string | undefined; effects?: Effect[] },
  ): Promise<void> {
    await this.#rows.remark(tx, { key, version, from_state: state, trigger, event_id: event_id ?? null, effects })
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

/** A command with the event id it is told with, each time it is told. */
export const issueCommand = <Effect extends string>(effect: Effect): Command<Effect> => ({ effect, event_id: newId() })

const statusOf = (waiting: Waiting) => (waiting === 'completed' || waiting === 'compensated' ? waiting : 'running')

const idIn =
  <Effect extends string>(commands: readonly Command<Effect>[]) =>
  (effect: Effect): string => {
    const command = commands.find((issued) => issued.effect === effect)
    if (!command) throw new Error(`${effect} is not a command of this step`)
    return command.event_id
  }
