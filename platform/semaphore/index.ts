export { Turns } from './turns.ts'

/** Urgent work runs before work that is not, and waits in a queue of its own. While both wait, they take turns. */
type Urgency = Readonly<{ isUrgent?: boolean }>

/** Bounds how many pieces of work run at once. The piece that waits longest runs next. */
export class Semaphore {
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  readonly #urgent: (() => void)[] = []
  #permits: number
  #isTurnOfOthers = false

  /** With `maxWaiting`, `tryRun` refuses work while that many pieces wait. */
  constructor(permits: number, { maxWaiting = Infinity }: { maxWaiting?: number } = {}) {
    this.#permits = permits
    this.#maxWaiting = maxWaiting
  }

  /** Runs `work` as soon as a permit is free. */
  async run<Result>(work: () => Promise<Result>, { isUrgent = false }: Urgency = {}): Promise<Result> {
    if (this.#permits > 0) this.#permits--
    else await new Promise<void>((resolve) => this.#queueOf(isUrgent).push(resolve))
    try {
      return await work()
    } finally {
      // The permit goes straight to the next piece of work: a newcomer cannot take it in between.
      const next = this.#next()
      if (next) next()
      else this.#permits++
    }
  }

  /**
   * Like `run`, but undefined at once, without running `work`, when `maxWaiting` pieces wait already. Urgent work has as many
   * places of its own.
   */
  async tryRun<Result>(work: () => Promise<Result>, urgency: Urgency = {}): Promise<{ result: Result } | undefined> {
    const queue = this.#queueOf(urgency.isUrgent ?? false)
    if (this.#permits === 0 && queue.length >= this.#maxWaiting) return undefined
    return { result: await this.run(work, urgency) }
  }

  /** Removes the work that runs next from its queue: however much urgent work comes, every second place is for the others. */
  #next(): (() => void) | undefined {
    const isUrgent = this.#urgent.length > 0 && !(this.#isTurnOfOthers && this.#waiting.length > 0)
    this.#isTurnOfOthers = isUrgent
    return this.#queueOf(isUrgent).shift()
  }

  #queueOf(isUrgent: boolean) {
    return isUrgent ? this.#urgent : this.#waiting
  }
}
