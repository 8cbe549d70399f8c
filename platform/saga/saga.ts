import type { AnyTx } from '#platform/db'
import { currentContext } from '#platform/telemetry'
import { after, newId, type Clock } from '#platform/values'
import { crashPoint } from './crash-points.ts'
import { next, type SagaDefinition, type Waiting } from './definition.ts'
import { inSpanOfStep } from './spans.ts'
import { sagaStore, type Command, type SagaRow } from './store.ts'

/** One step, as the module of the saga applies it in the transaction of the step. */
export type SagaStep<Effect extends string, Facts> = Readonly<{
  effects: readonly Effect[]
  /** The event id of a command, the same at every resend. */
  idOf: (command: Effect) => string
  reason: string | null
  /** The facts of the trigger. They are given even when the state of the saga does not change. */
  facts: Facts | undefined
}>

/** `isOutdated`: true for facts about an earlier state of the aggregate; they and their trigger change nothing. */
export type ApplyStep<Effect extends string, Facts> = ((step: SagaStep<Effect, Facts>) => Promise<void>) &
  Readonly<{ isOutdated?: (facts: Facts) => boolean }>

/**
 * Locks the aggregate of a saga and returns a function that applies one step to it. That function writes and publishes in
 * `tx` and has no other effect. Both calls run concurrently with the saga's own statements and share their batches.
 */
export type LockAggregate<Effect extends string, Facts> = (tx: AnyTx, key: string) => Promise<ApplyStep<Effect, Facts>>

/** A locked instance with its locked aggregate. */
type Locked<State extends string, Effect extends string, Facts> = SagaRow<State, Effect> &
  Readonly<{ apply: ApplyStep<Effect, Facts> }>

/** A trigger, the facts that it brings, and the event that carried it. */
type TriggerInput<Trigger, Facts> = Readonly<{ trigger: Trigger; facts?: Facts; event_id?: string }>

/** An event names a saga that does not exist, or does not exist yet. The event is retried, then parked. */
export class SagaNotFound extends Error {
  constructor(type: string, key: string) {
    super(`The saga ${type} has no instance ${key}`)
    this.name = 'SagaNotFound'
  }
}

/** The part of a saga that its watcher uses. */
export type WatchedSaga = Readonly<{
  type: string
  /** The versions that this program ships. */
  versions: readonly number[]
  /** Publishes the commands of an overdue instance again, or triggers its `timeout`. False when it is not overdue. */
  onTimeout: (tx: AnyTx, key: string) => Promise<boolean>
}>

/** The instances of one saga, of every version. */
export class Saga<State extends string, Trigger extends string, Effect extends string, Facts> implements WatchedSaga {
  readonly type: string
  readonly #versions: ReadonlyMap<number, SagaDefinition<State, Trigger, Effect>>
  readonly #current: SagaDefinition<State, Trigger, Effect>
  readonly #lockAggregate: LockAggregate<Effect, Facts>
  readonly #now: Clock
  readonly #store: ReturnType<typeof sagaStore<State, Effect>>

  /** `definitions`: newest first. An instance ends on the version it started with. */
  constructor(
    definitions: readonly [SagaDefinition<State, Trigger, Effect>, ...SagaDefinition<State, Trigger, Effect>[]],
    lockAggregate: LockAggregate<Effect, Facts>,
    now: Clock,
  ) {
    this.#current = definitions[0]
    this.type = this.#current.type
    this.#versions = new Map(definitions.map((definition) => [definition.version, definition]))
    this.#lockAggregate = lockAggregate
    this.#now = now
    this.#store = sagaStore(this.type, now)
  }

  get versions(): readonly number[] {
    return [...this.#versions.keys()]
  }

  /** The milliseconds from the start of `state` to its `timeout` when no answer comes, with all resends. */
  timeLimitOf(state: State): number {
    const waiting = this.#current.waiting[state]
    if (typeof waiting !== 'object') throw new Error(`The state ${state} of ${this.type} has no timeout`)
    return waiting.within * (waiting.resends + 1)
  }

  /** Starts an instance in `state`. The caller publishes `commands` under their event ids; the saga waits for the answers. */
  async start(
    tx: AnyTx,
    key: string,
    { state, commands }: { state: State; commands: readonly Command<Effect>[] },
  ): Promise<void> {
    const { version, waiting } = this.#current
    const timeout_at = this.#timeoutOf(waiting[state])
    const { correlation_id, traceparent = null } = currentContext()
    await this.#store.insert(tx, {
      key,
      definition_version: version,
      state,
      commands,
      timeout_at,
      correlation_id,
      traceparent,
    })
  }

  /**
   * Takes the step of a trigger in the caller's transaction. Without a row in the table the state does not change and
   * `advance` returns false; facts are applied in both cases. Throws `SagaNotFound` when there is no instance.
   */
  async advance(tx: AnyTx, key: string, input: TriggerInput<Trigger, Facts>): Promise<boolean> {
    return await this.#step(tx, await this.#locked(tx, key), input)
  }

  /** Applies facts that belong to no trigger; the state does not change. Throws `SagaNotFound`. */
  async applyFacts(tx: AnyTx, key: string, facts: Facts): Promise<void> {
    const { reason, apply } = await this.#locked(tx, key)
    if (apply.isOutdated?.(facts)) return
    await apply({ effects: [], idOf: idIn([]), reason, facts })
  }

  /**
   * Locks an instance until the transaction ends; false when there is none. A transaction that locks the aggregate of a
   * saga locks the saga first, as every step does: opposite orders would deadlock.
   */
  async lock(tx: AnyTx, key: string): Promise<boolean> {
    return (await this.#store.lock(tx, key)) !== undefined
  }

  /** Locks an instance as `lock` does; true when it needs an operator. */
  async lockStuck(tx: AnyTx, key: string): Promise<boolean> {
    return (await this.#store.lock(tx, key))?.stuck ?? false
  }

  /**
   * An operator publishes the commands of a stuck instance again, under their event ids. The instance is watched again: without an
   * answer it needs an operator after as many resends as at first. False when it is not stuck. Throws `SagaNotFound`.
   */
  async resend(tx: AnyTx, key: string, facts: Facts): Promise<boolean> {
    const instance = await this.#locked(tx, key)
    if (!instance.stuck) return false
    await this.#resend(tx, instance, { trigger: 'operator-resend', resends: 0, facts })
    return true
  }

  async #locked(tx: AnyTx, key: string): Promise<Locked<State, Effect, Facts>> {
    const [row, apply] = await Promise.all([this.#store.lock(tx, key), this.#lockAggregate(tx, key)])
    if (!row) throw new SagaNotFound(this.type, key)
    return { ...row, apply }
  }

  async onTimeout(tx: AnyTx, key: string): Promise<boolean> {
    const instance = await this.#locked(tx, key)
    if (!instance.due) return false
    const definition = this.#definitionOf(instance)
    const waiting = definition.waiting[instance.state]
    if (typeof waiting === 'object' && instance.resends < waiting.resends)
      await this.#resend(tx, instance, { trigger: 'resend', resends: instance.resends + 1 })
    else if (next(definition, instance.state, 'timeout')) await this.#step(tx, instance, { trigger: 'timeout' })
    else await this.#markNeedsOperator(tx, instance)
    return true
  }

  async #resend(
    tx: AnyTx,
    instance: Locked<State, Effect, Facts>,
    { trigger, resends, facts }: { trigger: string; resends: number; facts?: Facts },
  ): Promise<void> {
    const { key, state, reason, commands, apply } = instance
    const effects = commands.map(({ effect }) => effect)
    const timeout_at = this.#timeoutOf(this.#definitionOf(instance).waiting[state])
    await this.#store.saveResend(tx, { key, resends, timeout_at })
    await this.#record(tx, instance, { trigger, effects })
    await inSpanOfStep(this.type, { ...instance, trigger }, () =>
      apply({ effects, idOf: idIn(commands), reason, facts }),
    )
  }

  async #markNeedsOperator(tx: AnyTx, instance: Locked<State, Effect, Facts>): Promise<void> {
    await this.#store.markNeedsOperator(tx, instance.key)
    await this.#record(tx, instance, { trigger: 'needs-operator' })
  }

  async #step(
    tx: AnyTx,
    instance: Locked<State, Effect, Facts>,
    { trigger, facts, event_id }: TriggerInput<Trigger | 'timeout', Facts>,
  ): Promise<boolean> {
    const { key, state, version, apply } = instance
    if (facts !== undefined && apply.isOutdated?.(facts)) {
      await this.#record(tx, instance, { trigger, event_id })
      return false
    }
    const definition = this.#definitionFor(instance)
    const step = definition && next(definition, state, trigger)
    if (!step) {
      await this.#record(tx, instance, { trigger, event_id })
      if (facts !== undefined) await apply({ effects: [], idOf: idIn([]), reason: instance.reason, facts })
      return false
    }
    const commands = step.do.filter((effect) => definition.commands.includes(effect)).map(issueCommand)
    const reason = step.reason === null ? null : (instance.reason ?? step.reason ?? null)
    const waiting = definition.waiting[step.to]
    const saved = this.#store.saveStep(tx, {
      key,
      version: version + 1,
      from_state: state,
      to_state: step.to,
      reason,
      commands,
      timeout_at: this.#timeoutOf(waiting),
      status: statusOf(waiting),
      trigger,
      event_id: event_id ?? null,
      effects: step.do,
    })
    const applied = inSpanOfStep(this.type, { ...instance, trigger }, () =>
      apply({ effects: step.do, idOf: idIn(commands), reason, facts }),
    )
    await Promise.all([saved, applied])
    crashPoint('stepped.before-commit')
    return true
  }

  /** Records in the log of steps a trigger that did not change the state. */
  async #record(
    tx: AnyTx,
    { key, version, state }: SagaRow<State, Effect>,
    { trigger, event_id, effects = [] }: { trigger: string; event_id?: string | undefined; effects?: Effect[] },
  ): Promise<void> {
    await this.#store.insertEntry(tx, { key, version, from_state: state, trigger, event_id: event_id ?? null, effects })
  }

  /** Undefined for an ended instance of a version that is shipped no more: no trigger changes its state. */
  #definitionFor(instance: SagaRow<State, Effect>) {
    return instance.ended && !this.#versions.has(instance.definition_version) ? undefined : this.#definitionOf(instance)
  }

  #definitionOf({ definition_version }: { definition_version: number }) {
    const definition = this.#versions.get(definition_version)
    if (definition) return definition
    throw new Error(`An instance of ${this.type} runs on version ${definition_version}: start a release that ships it`)
  }

  #timeoutOf = (waiting: Waiting): Date | null =>
    typeof waiting === 'object' ? after(this.#now(), waiting.within) : null
}

/** A command with the event id for each of its publications. */
export const issueCommand = <Effect extends string>(effect: Effect): Command<Effect> => ({ effect, event_id: newId() })

const statusOf = (waiting: Waiting) => (waiting === 'completed' || waiting === 'compensated' ? waiting : 'running')

const idIn =
  <Effect extends string>(commands: readonly Command<Effect>[]) =>
  (effect: Effect): string => {
    const command = commands.find((issued) => issued.effect === effect)
    if (!command) throw new Error(`${effect} is not a command of this step: list it in \`commands\` of the definition`)
    return command.event_id
  }
