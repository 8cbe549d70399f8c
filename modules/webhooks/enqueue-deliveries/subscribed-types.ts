import { after, seconds, type Clock } from '#platform/values'

/** A process that led the group before may have missed a change meanwhile. */
const timeToLive = seconds(10)

type Known = Readonly<{ types: ReadonlySet<string>; until: Date }>

/**
 * The event types that active endpoints subscribe to, as this process read them last. Other events cost no transaction. A
 * change of an endpoint is an event too: `expire` runs in the order of the log, so every later event is asked about again.
 */
export class SubscribedTypes {
  readonly #now: Clock
  #known: Known | undefined
  #changes = 0

  constructor(now: Clock) {
    this.#now = now
  }

  /** False only when no endpoint subscribes to `type`. */
  has(type: string): boolean {
    return this.#known === undefined || this.#known.until <= this.#now() || this.#known.types.has(type)
  }

  expire(): void {
    this.#known = undefined
    this.#changes++
  }

  /** Call it before the types are read. The function that it returns keeps them, unless an endpoint changed meanwhile. */
  startReading(): (types: Iterable<string>) => void {
    const changes = this.#changes
    return (types) => {
      if (changes === this.#changes) this.#known = { types: new Set(types), until: after(this.#now(), timeToLive) }
    }
  }
}
