import type { NewEvent } from '#platform/events'
import type { System, Transition } from './explore.ts'

/** An event on its way. `isRepeat`: the subscriber has handled it before, and its inbox row is gone. */
type Message = Readonly<{ type: string; payload: Readonly<Record<string, unknown>>; isRepeat: boolean }>

/** One thing that an actor may do: its new state, and the events that it publishes with it. */
export type Step<State> = Readonly<{
  label: string
  state: State
  publishes?: readonly NewEvent[]
  /** The message stays the first of its channel: its handler commits in several transactions. */
  continues?: boolean
  /** The fault or decision that this step uses up. A scenario says how many of each may happen. */
  costs?: string
  /** A person may leave it. */
  isOptional?: boolean
}>

/** A module, or a person. Its steps depend on its own state and on the message alone. */
export type Actor<State> = Readonly<{
  name: string
  initial: State
  subscribesTo: readonly string[]
  /** Several steps: the model follows each of them. None: the message waits. */
  receive: (state: State, message: Message) => readonly Step<State>[]
  /** The steps without a message: timers, the bank, the courier, customers and staff. */
  act: (state: State) => readonly Step<State>[]
}>

/**
 * `actors`: the number of the state of each. `channels`: the messages from one actor to another, oldest first. `late`: messages
 * that arrive at any later moment, each with its channel.
 */
export type NetworkState = Readonly<{
  actors: readonly number[]
  channels: readonly (readonly number[])[]
  late: readonly number[]
  budget: readonly number[]
}>

/** A step with numbers instead of values. */
type Numbered = Readonly<{
  label: string
  state: number
  sends: readonly (readonly [channel: number, message: number])[]
  continues: boolean
  cost: number
  isOptional: boolean
}>

/** Gives each different value a number, so that a state of the network is a short list of numbers. */
class Numbers<Value> {
  readonly #numbers = new Map<string, number>()
  readonly #values: Value[] = []

  of(value: Value): number {
    const key = JSON.stringify(value)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#values.push(value) - 1
    this.#numbers.set(key, number)
    return number
  }

  get(number: number): Value {
    return this.#values[number] as Value
  }
}

// oxlint-disable-next-line no-explicit-any -- the actors of a network have different states
export type AnyActor = Actor<any>

export type Options = Readonly<{
  /** How often each fault or decision may happen; never when absent. */
  budget: Readonly<Record<string, number>>
  /** The rule that the states of the actors break, by name. */
  violationOf: (states: Readonly<Record<string, unknown>>) => string | undefined
  /** The rule that they break when nothing is left to happen by itself. `ended` is false while something is. */
  hasEnded: (states: Readonly<Record<string, unknown>>) => boolean
}>

/**
 * Connects actors. Each pair has a channel that delivers in order, as a key of a queue does; the channels do not wait for
 * each other. `replay` and `delay` are the two faults of channels: a handled message comes again, or a message comes late.
 */
export function networkOf(actors: readonly AnyActor[], options: Options): System<NetworkState> {
  const faults = Object.keys(options.budget)
  const [replay, delay] = [faults.indexOf('replay'), faults.indexOf('delay')]
  const states = actors.map(() => new Numbers<unknown>())
  const messages = new Numbers<Message>()
  const count = actors.length
  const steps = new Map<string, readonly Numbered[]>()

  const sendsOf = (from: number, publishes: readonly NewEvent[], isRepeat: boolean) =>
    publishes.flatMap(({ definition: { type }, payload }) =>
      actors.flatMap(({ subscribesTo }, to) =>
        to !== from && subscribesTo.includes(type)
          ? [[from * count + to, messages.of({ type, payload, isRepeat })] as const]
          : [],
      ),
    )
  const numbered = (actor: number, step: Step<unknown>, isRepeat: boolean): Numbered => ({
    label: `${actors[actor]?.name}: ${step.label}`,
    state: states[actor]?.of(step.state) ?? 0,
    sends: sendsOf(actor, step.publishes ?? [], isRepeat),
    continues: step.continues ?? false,
    cost: step.costs === undefined ? -1 : faults.indexOf(step.costs),
    isOptional: step.isOptional ?? false,
  })
  const isAffordable = ({ costs }: Step<unknown>) => costs === undefined || faults.includes(costs)
  /** The steps of an actor in a state, with a message or without one; computed once. */
  const stepsOf = (actor: number, state: number, message: number): readonly Numbered[] => {
    const key = `${actor} ${state} ${message}`
    const known = steps.get(key)
    if (known) return known
    const { receive, act } = actors[actor] as AnyActor
    const own = states[actor]?.get(state)
    const received = message < 0 ? undefined : messages.get(message)
    const found = (received ? receive(own, received) : act(own))
      .filter(isAffordable)
      .map((step) => numbered(actor, step, received?.isRepeat ?? false))
    steps.set(key, found)
    return found
  }

  const applied = (state: NetworkState, actor: number, step: Numbered): NetworkState => {
    const channels = state.channels.slice()
    for (const [channel, message] of step.sends) channels[channel] = [...(channels[channel] ?? []), message]
    return {
      actors: state.actors.with(actor, step.state),
      channels,
      late: state.late,
      budget: step.cost < 0 ? state.budget : spent(state.budget, step.cost),
    }
  }

  const transitionsOf = (state: NetworkState): Transition<NetworkState>[] => {
    const found: Transition<NetworkState>[] = []
    const add = (label: string, to: NetworkState, isFair: boolean) => found.push({ label, to, isFair })
    const take = (step: Numbered) => step.cost < 0 || (state.budget[step.cost] ?? 0) > 0
    const isFair = (step: Numbered) => step.cost < 0 && !step.isOptional
    for (const [actor, own] of state.actors.entries())
      for (const step of stepsOf(actor, own, -1))
        if (take(step)) add(step.label, applied(state, actor, step), isFair(step))

    for (const [channel, [message, ...others]] of state.channels.entries()) {
      if (message === undefined) continue
      const actor = channel % count
      const { type, payload } = messages.get(message)
      for (const step of stepsOf(actor, state.actors[actor] ?? 0, message)) {
        if (!take(step)) continue
        const taken = step.continues ? state.channels : state.channels.with(channel, others)
        const after = applied({ ...state, channels: taken }, actor, step)
        add(step.label, after, isFair(step))
        if (step.continues || replay < 0 || (after.budget[replay] ?? 0) === 0) continue
        const again = messages.of({ type, payload, isRepeat: true })
        const late = withLate(after.late, again * count * count + channel)
        add(`${step.label} (it will come again)`, { ...after, late, budget: spent(after.budget, replay) }, false)
      }
      if (delay < 0 || (state.budget[delay] ?? 0) === 0) continue
      const late = withLate(state.late, message * count * count + channel)
      const delayed = { ...state, channels: state.channels.with(channel, others), late }
      add(`${type} is delayed`, { ...delayed, budget: spent(state.budget, delay) }, false)
    }

    for (const [index, entry] of state.late.entries()) {
      const actor = (entry % (count * count)) % count
      for (const step of stepsOf(actor, state.actors[actor] ?? 0, Math.floor(entry / (count * count)))) {
        if (!take(step)) continue
        const late = step.continues ? state.late : state.late.toSpliced(index, 1)
        add(`${step.label} (late)`, applied({ ...state, late }, actor, step), isFair(step))
      }
    }
    return found
  }

  const named = ({ actors: numbers }: NetworkState) =>
    Object.fromEntries(numbers.map((number, actor) => [actors[actor]?.name ?? '', states[actor]?.get(number)]))
  const isQuiet = ({ channels, late }: NetworkState) =>
    late.length === 0 && channels.every((channel) => channel.length === 0)
  return {
    initial: {
      actors: actors.map(({ initial }, actor) => states[actor]?.of(initial) ?? 0),
      channels: Array.from({ length: count * count }, () => []),
      late: [],
      budget: faults.map((fault) => options.budget[fault] ?? 0),
    },
    keyOf: ({ actors, channels, late, budget }) =>
      `${actors.join()} ${channels.map((channel) => channel.join('.')).join()} ${late.join()} ${budget.join('')}`,
    transitionsOf,
    violationOf: (state) => options.violationOf(named(state)),
    isEnd: (state) => isQuiet(state) && options.hasEnded(named(state)),
  }
}

const spent = (budget: readonly number[], fault: number) => budget.with(fault, (budget[fault] ?? 0) - 1)
const withLate = (late: readonly number[], entry: number) => [...late, entry].toSorted((a, b) => a - b)
