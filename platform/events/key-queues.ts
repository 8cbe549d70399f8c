type Keyed = Readonly<{ key: string; id: number }>

/**
 * Waiting events by key. Taking an event makes its key busy until it is freed, so that events of one key are heard one
 * after the other whatever the number of lanes, and no key waits behind another one.
 */
export class KeyQueues<Entry extends Keyed> {
  readonly #queues = new Map<string, Entry[]>()
  readonly #busy = new Set<string>()
  /** Keys with waiting entries that are not busy, the longest waiting first. */
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

  /** At most `most` entries of idle keys, by id; an entry that is `apart` is never taken this way. */
  take(most: number, apart: (entry: Entry) => boolean): Entry[] {
    const taken: Entry[] = []
    for (const key of this.#ready) {
      const queue = this.#queues.get(key) ?? []
      const first = queue.findIndex(apart)
      const count = Math.min(first < 0 ? queue.length : first, most - taken.length)
      if (count > 0) taken.push(...this.#takeFrom(key, count))
      if (taken.length === most) break
    }
    return taken.toSorted((one, other) => one.id - other.id)
  }

  /** The first entry of the longest waiting key whose turn it is, if it is `wanted`. */
  takeOne(wanted: (entry: Entry) => boolean): Entry | undefined {
    for (const key of this.#ready) {
      const [head] = this.#queues.get(key) ?? []
      if (head && wanted(head)) return this.#takeFrom(key, 1)[0]
    }
    return undefined
  }

  #takeFrom(key: string, count: number): Entry[] {
    this.#busy.add(key)
    this.#ready.delete(key)
    this.#waiting -= count
    return this.#queues.get(key)?.splice(0, count) ?? []
  }

  /** Takes back what was taken and not worked on, ahead of what came later; the key stays busy until it is freed. */
  putBack(key: string, entries: readonly Entry[]): void {
    this.#queues.set(key, [...entries, ...(this.#queues.get(key) ?? [])])
    this.#waiting += entries.length
  }

  /** Makes a key busy for something else; false when it is already. */
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
