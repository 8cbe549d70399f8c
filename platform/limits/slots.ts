/** How many things may be open at once, in total and under one key. */
type Caps = Readonly<{ total: number; perKey: number }>

/**
 * Caps things that stay open, such as streams and waiters. A slot is taken before the first await and released in
 * `finally`: a request that ends during an await must not keep its slot.
 */
export class Slots {
  readonly #caps: Caps
  readonly #takenByKey = new Map<string, number>()
  #taken = 0

  constructor(caps: Caps) {
    this.#caps = caps
  }

  /** Takes a slot and returns the function that releases it once; undefined when no slot is free. */
  take(key: string): (() => void) | undefined {
    if (this.#taken >= this.#caps.total || this.takenBy(key) >= this.#caps.perKey) return undefined
    this.#taken++
    this.#takenByKey.set(key, this.takenBy(key) + 1)
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      this.#release(key)
    }
  }

  /** The number of taken slots, for metrics. */
  get taken(): number {
    return this.#taken
  }

  /** The number of slots that one key has taken. */
  takenBy(key: string): number {
    return this.#takenByKey.get(key) ?? 0
  }

  #release(key: string): void {
    this.#taken--
    const left = this.takenBy(key) - 1
    if (left > 0) this.#takenByKey.set(key, left)
    else this.#takenByKey.delete(key)
  }
}
