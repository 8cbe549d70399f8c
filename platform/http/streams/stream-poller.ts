import { onNudge } from '#platform/events'

/** One open stream, as the poller sees it. */
export type PolledStream = Readonly<{
  /** Reads and sends the new events. Never rejects. */
  poll: () => Promise<void>
  /** Ends the stream when its caller may no longer read it. Never rejects. */
  checkCaller: () => Promise<void>
  end: () => void
}>

type Intervals = Readonly<{ poll: number; leastPoll: number; check: number }>

/**
 * Milliseconds. `poll` finds the commits of other processes; `leastPoll` is the time between two polls after commits of
 * this process, so that a thousand commits a second do not cause a thousand polls.
 */
const defaults: Intervals = { poll: 1000, leastPoll: 100, check: 2000 }

/**
 * Polls all open streams of a process in the same turn of the event loop, so that their reads are `batched` into one
 * statement. Polls after commits of this process, and once a second for the commits of other processes.
 */
export class StreamPoller {
  readonly #streams = new Set<PolledStream>()
  readonly #intervals: Intervals
  #stop: (() => void) | undefined
  #isEnding = false

  constructor(intervals: Intervals = defaults) {
    this.#intervals = intervals
  }

  add(stream: PolledStream): void {
    if (this.#isEnding) return stream.end()
    this.#streams.add(stream)
    this.#stop ??= this.#start()
  }

  delete(stream: PolledStream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }

  /** Ends all streams, and every stream that is added later: the server stops. */
  endAll(): void {
    this.#isEnding = true
    for (const stream of this.#streams) stream.end()
  }

  #start(): () => void {
    const { poll, leastPoll, check } = this.#intervals
    const polls = repeat(() => this.#all((stream) => stream.poll()), { every: poll, least: leastPoll })
    const checks = repeat(() => this.#all((stream) => stream.checkCaller()), { every: check, least: check })
    const stopListening = onNudge(polls.hurry)
    return () => {
      stopListening()
      polls.stop()
      checks.stop()
    }
  }

  async #all(work: (stream: PolledStream) => Promise<void>): Promise<void> {
    await Promise.all(Array.from(this.#streams, work))
  }
}

type Pace = Readonly<{ every: number; least: number }>

/** Runs `work` again and again, one run at a time. `hurry` starts the next run `least` after the end of the one before. */
function repeat(work: () => Promise<void>, { every, least }: Pace) {
  let isHurried = false
  let isRunning = false
  let isStopped = false
  let endedAt = Date.now()
  let timer: NodeJS.Timeout
  const schedule = () => {
    if (isStopped) return
    clearTimeout(timer)
    const pause = isHurried ? least : every
    timer = setTimeout(() => void run(), Math.max(0, endedAt + pause - Date.now()))
  }
  const run = async () => {
    isRunning = true
    isHurried = false
    await work()
    isRunning = false
    endedAt = Date.now()
    schedule()
  }
  schedule()
  return {
    hurry: () => {
      if (isHurried) return
      isHurried = true
      if (!isRunning) schedule()
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
