/** Bounds how many pieces of work run at once. The piece that waits longest runs next. */
export class Semaphore {
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #permits: number

  /** With `maxWaiting`, `tryRun` refuses work while that many pieces wait. */
  constructor(permits: number, { maxWaiting = Infinity }: { maxWaiting?: number } = {}) {
    this.#permits = permits
    this.#maxWaiting = maxWaiting
  }

  /** Runs `work` as soon as a permit is free. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#permits > 0) this.#permits--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The permit goes straight to the next piece of work: a newcomer cannot take it in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#permits++
    }
  }

  /** Like `run`, but undefined at once, without running `work`, when `maxWaiting` pieces wait already. */
  async tryRun<Result>(work: () => Promise<Result>): Promise<{ result: Result } | undefined> {
    if (this.#permits === 0 && this.#waiting.length >= this.#maxWaiting) return undefined
    return { result: await this.run(work) }
  }
}
