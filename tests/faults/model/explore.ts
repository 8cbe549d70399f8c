/** One thing that may happen next. `isFair`: it happens sooner or later, without the will of a person and without a fault. */
export type Transition<State> = Readonly<{ label: string; to: State; isFair: boolean }>

/** A system whose states can be listed. `violationOf` names the rule that a state breaks. */
export type System<State> = Readonly<{
  initial: State
  keyOf: (state: State) => string
  transitionsOf: (state: State) => readonly Transition<State>[]
  violationOf: (state: State) => string | undefined
  /** Nothing is left to happen, and all is well. */
  isEnd: (state: State) => boolean
}>

/** The number of states and transitions, or the first defect with the shortest way to it. */
export type Exploration = Readonly<{
  states: number
  transitions: number
  ends: number
  defect: Readonly<{ message: string; path: readonly string[] }> | undefined
}>

/** More states than this are a mistake of the model: a channel grows without a limit. */
const maxStates = 3_000_000

/**
 * Lists every reachable state, breadth first, and stops at the first that breaks a rule. Then it requires that an end can be
 * reached from every state by fair transitions alone: a state without such a way is a dead end.
 */
export function explore<State>(system: System<State>): Exploration {
  const states: State[] = []
  const numbers = new Map<string, number>()
  const cameFrom: number[] = []
  const cameBy: string[] = []
  const fairFrom: number[] = []
  const fairTo: number[] = []
  const pathTo = (number: number): string[] => {
    const path: string[] = []
    for (let at = number; at > 0; at = cameFrom[at] ?? 0) path.unshift(cameBy[at] ?? '')
    return path
  }
  const numberOf = (state: State, from: number, label: string): number => {
    const key = system.keyOf(state)
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = states.push(state) - 1
    numbers.set(key, number)
    cameFrom.push(from)
    cameBy.push(label)
    return number
  }

  let transitions = 0
  const ends: number[] = []
  const result = (message?: string, number = 0): Exploration => ({
    states: states.length,
    transitions,
    ends: ends.length,
    defect: message === undefined ? undefined : { message, path: pathTo(number) },
  })

  numberOf(system.initial, 0, '')
  for (let number = 0; number < states.length; number++) {
    if (states.length > maxStates) throw new Error(`The model has more than ${maxStates} states`)
    const state = states[number] as State
    const broken = system.violationOf(state)
    if (broken !== undefined) return result(broken, number)
    if (system.isEnd(state)) ends.push(number)
    const next = attempt(() => system.transitionsOf(state))
    if (typeof next === 'string') return result(next, number)
    for (const { label, to, isFair } of next) {
      transitions++
      const reached = numberOf(to, number, label)
      if (isFair) {
        fairFrom.push(number)
        fairTo.push(reached)
      }
    }
  }
  const lost = findLost({ count: states.length, ends, from: fairFrom, to: fairTo })
  return lost === undefined ? result() : result('nothing that happens by itself leads to an end from here', lost)
}

/** A handler that throws is a defect: none of this model may fail for good. */
function attempt<Result>(work: () => Result): Result | string {
  try {
    return work()
  } catch (error) {
    return `a handler throws: ${(error as Error).message}`
  }
}

type Graph = Readonly<{ count: number; ends: readonly number[]; from: readonly number[]; to: readonly number[] }>

/** The first state from which no end can be reached; undefined when there is none. */
function findLost({ count, ends, from, to }: Graph): number | undefined {
  // The transitions into each state, as one array: those of state n begin at offset[n].
  const offset = new Uint32Array(count + 1)
  for (const reached of to) offset[reached + 1] = (offset[reached + 1] ?? 0) + 1
  for (let n = 0; n < count; n++) offset[n + 1] = (offset[n + 1] ?? 0) + (offset[n] ?? 0)
  const next = offset.slice()
  const sources = new Uint32Array(to.length)
  for (const [i, reached] of to.entries()) {
    const at = next[reached] ?? 0
    sources[at] = from[i] ?? 0
    next[reached] = at + 1
  }
  const leads = new Uint8Array(count)
  const waiting = [...ends]
  for (const end of ends) leads[end] = 1
  for (let end = waiting.pop(); end !== undefined; end = waiting.pop()) {
    for (let at = offset[end] ?? 0; at < (offset[end + 1] ?? 0); at++) {
      const source = sources[at] ?? 0
      if (leads[source]) continue
      leads[source] = 1
      waiting.push(source)
    }
  }
  const lost = leads.indexOf(0)
  return lost < 0 ? undefined : lost
}
