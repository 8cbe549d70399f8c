/**
 * Bounds how many pieces of work run at once, and gives callers their turns: every caller who waits starts one piece before any
 * of them starts a second. A caller with hundreds of pieces delays another by one of them.
 */
export class Turns {
  /** The waiting pieces of each caller. The first caller has the next turn. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #permits: number

  constructor(permits: number) {
    this.#permits = permits
  }

  /** Runs `work` when it is the turn of `caller`. */
  async run<Result>(caller: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#permits > 0) this.#permits--
    else await new Promise<void>((resolve) => this.#queue(caller, resolve))
    try {
      return await work()
    } finally {
      this.#startNext()
    }
  }

  #queue(caller: string, start: () => void): void {
    const own = this.#waiting.get(caller)
    if (own) own.push(start)
    else this.#waiting.set(caller, [start])
  }

  #startNext(): void {
    const [next] = this.#waiting
    if (!next) return void this.#permits++
    const [caller, own] = next
    const start = own.shift()
    this.#waiting.delete(caller)
    if (own.length > 0) this.#waiting.set(caller, own)
    start?.()
  }
}
