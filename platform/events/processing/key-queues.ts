type Keyed = Readonly<{ key: string; id: number }>

/**
 * Waiting events by key. A taken event makes its key busy until the key is freed. So the events of one key are handled one
 * after the other, whatever the concurrency, and no key waits for another one.
 */
export class KeyQueues<Entry extends Keyed> {
  readonly #queues = new Map<string, Entry[]>()
  readonly #busy = new Set<string>()
  /** Keys that have entries and are not busy, the longest waiting first. */
  readonly #ready = new Set<string>()
  #waiting = 0

  get waiting(): number {
    return this.#waiting
  }

  add(entry: Entry): void {
    const queue = this.#queues.get(entry.key)
    if (queue) queue.push(entry)
    else this.#queues.set(entry.key, [entry])
    if (!this.#busy.has(entry.key)) this.#ready.add(entry.key)
    this.#waiting++
  }

  /**
   * Takes at most `limit` entries of idle keys, and at most `perKey` of each, and sorts them by id. Of each key, stops before
   * an entry that is `excluded`.
   */
  take(limit: number, excluded: (entry: Entry) => boolean, perKey = Infinity): Entry[] {
    const taken: Entry[] = []
    for (const key of this.#ready) {
      const queue = this.#queues.get(key) ?? []
      const first = queue.findIndex(excluded)
      const count = Math.min(first < 0 ? queue.length : first, limit - taken.length, perKey)
      if (count > 0) taken.push(...this.#takeFrom(key, count))
      if (taken.length === limit) break
    }
    return taken.toSorted((one, other) => one.id - other.id)
  }

  /** Takes the first entry of the longest waiting idle key whose first entry `matches`. */
  takeOne(matches: (entry: Entry) => boolean): Entry | undefined {
    for (const key of this.#ready) {
      const [head] = this.#queues.get(key) ?? []
      if (head && matches(head)) return this.#takeFrom(key, 1)[0]
    }
    return undefined
  }

  /** True when the first entry of an idle key `matches`. */
  hasReady(matches: (entry: Entry) => boolean): boolean {
    return this.#ready.values().some((key) => {
      const [head] = this.#queues.get(key) ?? []
      return head !== undefined && matches(head)
    })
  }

  #takeFrom(key: string, count: number): Entry[] {
    this.#busy.add(key)
    this.#ready.delete(key)
    this.#waiting -= count
    return this.#queues.get(key)?.splice(0, count) ?? []
  }

  /** Returns taken entries to the front of their queue. The key stays busy until it is freed. */
  putBack(key: string, entries: readonly Entry[]): void {
    this.#queues.set(key, [...entries, ...(this.#queues.get(key) ?? [])])
    this.#waiting += entries.length
  }

  /** Makes a key busy without taking an entry. False when it is busy already. */
  hold(key: string): boolean {
    if (this.#busy.has(key)) return false
    this.#busy.add(key)
    this.#ready.delete(key)
    return true
  }

  free(key: string): void {
    this.#busy.delete(key)
    if (this.#queues.get(key)?.length) this.#ready.add(key)
    else this.#queues.delete(key)
  }
}
