/** A row of a saga's table: where to go, what to do on the way, and why when the way leads back (null: forward again). */
export type Go<State extends string, Effect extends string> = Readonly<{
  to: State
  do: readonly Effect[]
  reason?: string | null
}>

/** How long a state may last before its commands are told again, and how often that is tried before `deadline` occurs. */
export type Timeout = Readonly<{ within: number; resends: number }>

/** What a state is in the life of a saga: it waits for an answer, it may last, or it is an end. */
export type Waiting = Timeout | 'untimed' | 'completed' | 'compensated'

/**
 * A saga as data: for every state, what each occurrence leads to. What is not in the table changes nothing, which makes
 * duplicates and stragglers harmless. A `deadline` that a waiting state has no row for calls the operator.
 */
export type SagaDefinition<State extends string, Trigger extends string, Effect extends string> = Readonly<{
  type: string
  version: number
  table: Readonly<Record<State, Readonly<Partial<Record<Trigger | 'timeout', Go<State, Effect>>>>>>
  waiting: Readonly<Record<State, Waiting>>
  /** The effects that ask others for something: told again, with the same event id, when no answer comes. */
  commands: readonly Effect[]
}>

/** The pure heart of a saga: where `occurrence` leads from `state`; undefined when it changes nothing. */
export function next<State extends string, Trigger extends string, Effect extends string>(
  { table }: Pick<SagaDefinition<State, Trigger, Effect>, 'table'>,
  state: State,
  trigger: Trigger | 'timeout',
): Go<State, Effect> | undefined {
  return table[state][trigger]
}

/** Writes a row of the table: `go('shipping', 'order-shipping')`. */
export const go = <State extends string, Effect extends string>(
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({
  to,
  do: effects,
})

/** Writes a row that begins to undo: the reason stays with the saga to its end. */
export const compensate = <State extends string, Effect extends string>(
  reason: string,
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({ to, do: effects, reason })

/** Writes a row that gives up undoing: the reason is forgotten. */
export const resume = <State extends string, Effect extends string>(
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({
  to,
  do: effects,
  reason: null,
})
