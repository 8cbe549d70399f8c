/** Most groups of calls at once: more would make each of them smaller. */
const atOnce = 2
/** Most calls in a group. When one of them fails, all of them run again. */
const maxCalls = 32
/** Milliseconds after which a group is slow, and others start beside it. */
const slowAfter = 100

type Needs<Call> = Readonly<{
  /** Runs a group of calls. It never rejects: each call has its own result. */
  run: (calls: readonly Call[]) => Promise<void>
  /** Two calls with a common key are never in one group. */
  keysOf?: (call: Call) => readonly string[]
}>

/**
 * Groups the calls of concurrent requests. Calls that arrive in one turn of the event loop, or while two groups run, are the
 * next group. A single call waits for no other.
 */
export function callQueue<Call>({ run, keysOf = () => [] }: Needs<Call>): (call: Call) => void {
  let waiting: readonly Call[] = []
  let running = 0
  let isPlanned = false

  /** Starts the next group when all requests that have arrived by now are read. */
  function plan(): void {
    if (isPlanned || waiting.length === 0 || running >= atOnce) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      const { group, rest } = divide(waiting, keysOf)
      waiting = rest
      void runGroup(group)
      plan()
    })
  }

  async function runGroup(group: readonly Call[]): Promise<void> {
    let isCounted = true
    const leave = () => {
      if (!isCounted) return
      isCounted = false
      running--
      plan()
    }
    running++
    const timer = setTimeout(leave, slowAfter)
    await run(group)
    clearTimeout(timer)
    leave()
  }

  return (call) => {
    waiting = [...waiting, call]
    plan()
  }
}

/** The first calls that have no key in common, and the rest in their order. */
function divide<Call>(waiting: readonly Call[], keysOf: (call: Call) => readonly string[]) {
  const keys = new Set<string>()
  const group: Call[] = []
  const rest: Call[] = []
  for (const call of waiting) {
    const own = keysOf(call)
    const joins = group.length < maxCalls && !own.some((key) => keys.has(key))
    ;(joins ? group : rest).push(call)
    for (const key of own) keys.add(key)
  }
  return { group, rest }
}
