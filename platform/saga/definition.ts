/** A row of a saga's table: the next state, the effects of the step, and the reason of a compensation (null clears it). */
export type Go<State extends string, Effect extends string> = Readonly<{
  to: State
  do: readonly Effect[]
  reason?: string | null
}>

/** The milliseconds until unanswered commands are published again, and how often before the `timeout` trigger. */
export type Timeout = Readonly<{ within: number; resends: number }>

/** A state waits for an answer with a timeout, waits without one, or ends the saga. */
export type Waiting = Timeout | 'untimed' | 'completed' | 'compensated'

/**
 * A saga as data: the table lists the step of each trigger in each state. A trigger without a row changes nothing, so
 * duplicate and late events are harmless. A `timeout` without a row marks the saga `needs_operator`.
 */
export type SagaDefinition<State extends string, Trigger extends string, Effect extends string> = Readonly<{
  type: string
  version: number
  table: Readonly<Record<State, Readonly<Partial<Record<Trigger | 'timeout', Go<State, Effect>>>>>>
  waiting: Readonly<Record<State, Waiting>>
  /** The effects that request an answer. They are published again, with the same event id, when no answer comes. */
  commands: readonly Effect[]
}>

/** The step of `trigger` in `state`; undefined when it changes nothing. Pure. */
export function next<State extends string, Trigger extends string, Effect extends string>(
  { table }: Pick<SagaDefinition<State, Trigger, Effect>, 'table'>,
  state: State,
  trigger: Trigger | 'timeout',
): Go<State, Effect> | undefined {
  return table[state][trigger]
}

/** A row that goes forward: `go('shipping', 'request-shipment')`. */
export const go = <State extends string, Effect extends string>(
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({
  to,
  do: effects,
})

/** A row that starts to compensate. The saga stores the first reason until its end. */
export const compensate = <State extends string, Effect extends string>(
  reason: string,
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({ to, do: effects, reason })

/** A row that goes forward again after a compensation: it clears the reason. */
export const resume = <State extends string, Effect extends string>(
  to: State,
  ...effects: Effect[]
): Go<State, Effect> => ({
  to,
  do: effects,
  reason: null,
})
