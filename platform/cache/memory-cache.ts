import { LRUCache } from 'lru-cache'
import type { Cache, Cacheable, CacheStats, Wanted } from './cache.ts'
import { minutes } from '#platform/values'
import { freezeAndWeigh } from './weigh.ts'

type MemoryCacheSettings = Readonly<{
  /** Memory for values, about; the least recently used go first. One value takes an eighth of it at most. */
  maxBytes: number
  /** Milliseconds for what names no time of its own; five minutes when absent. */
  defaultTtl?: number
  /** Milliseconds of a clock that never runs back. */
  now?: () => number
  /** From 0 up to 1, as Math.random. */
  chance?: () => number
}>

/** The versions that the tags of a value had before its load began. */
type Made = Readonly<{ tags: readonly string[]; versions: readonly number[] }>

/** `answer` is already resolved: a hit hands out this very promise, without making one. */
type Entry = Made & Readonly<{ answer: Promise<Cacheable | undefined>; until: number }>

type Flight = Made & Readonly<{ answer: Promise<Cacheable | undefined> }>

const noTags: readonly string[] = []

/** Bytes of an entry, its promise and its place in the list, about. */
const entryFrame = 300

/** The cache in the memory of this process. */
export function memoryCache(settings: MemoryCacheSettings): Cache {
  return new MemoryCache(settings)
}

class MemoryCache implements Cache {
  readonly #entries: LRUCache<string, Entry>
  /** Forgetting a version is safe: the next one is new, so everything under the tag is a miss. */
  readonly #versions = new LRUCache<string, number>({ max: 50_000 })
  readonly #flights = new Map<string, Flight>()
  readonly #defaultTtl: number
  readonly #now: () => number
  readonly #chance: () => number
  #lastVersion = 0
  #hits = 0
  #misses = 0

  constructor(settings: MemoryCacheSettings) {
    const { maxBytes, defaultTtl = minutes(5), now = () => performance.now(), chance = Math.random } = settings
    this.#defaultTtl = defaultTtl
    this.#entries = new LRUCache({ maxSize: maxBytes, maxEntrySize: Math.ceil(maxBytes / 8) })
    this.#now = now
    this.#chance = chance
  }

  through = <Value extends Cacheable | undefined>(wanted: Wanted<Value>): Promise<Value> => {
    const entry = this.#entries.get(wanted.key)
    if (entry && this.#isGood(entry)) {
      this.#hits++
      return entry.answer as Promise<Value>
    }
    this.#misses++
    const flight = this.#flights.get(wanted.key)
    return flight && this.#isCurrent(flight) ? (flight.answer as Promise<Value>) : this.#load(wanted)
  }

  #load<Value extends Cacheable | undefined>(wanted: Wanted<Value>): Promise<Value> {
    const { key, tags = noTags } = wanted
    // Taken before the load: what is bumped while it runs makes its value invalid from the start.
    const made = { tags, versions: tags.map((tag) => this.#versionOf(tag)) }
    const answer = this.#fly(wanted, made)
    const flight = { ...made, answer }
    this.#flights.set(key, flight)
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    answer.then(land, land)
    return answer
  }

  async #fly<Value extends Cacheable | undefined>(wanted: Wanted<Value>, made: Made): Promise<Value> {
    const { key, ttl = this.#defaultTtl, absentTtl = ttl / 10, load } = wanted
    const value = await load()
    if (this.#isCurrent(made)) this.#keep(key, value, { ...made, ttl: value === undefined ? absentTtl : ttl })
    return value
  }

  #keep(key: string, value: Cacheable | undefined, { ttl, ...made }: Made & { ttl: number }) {
    const until = this.#now() + ttl * (1 - this.#chance() / 10)
    const size = entryFrame + 2 * key.length + freezeAndWeigh(value)
    this.#entries.set(key, { ...made, answer: Promise.resolve(value), until }, { size })
  }

  #versionOf(tag: string): number {
    const known = this.#versions.get(tag)
    if (known !== undefined) return known
    this.#versions.set(tag, ++this.#lastVersion)
    return this.#lastVersion
  }

  #isGood = (entry: Entry): boolean => entry.until > this.#now() && this.#isCurrent(entry)

  #isCurrent({ tags, versions }: Made): boolean {
    for (let index = 0; index < tags.length; index++) {
      if (this.#versions.get(tags[index] as string) !== versions[index]) return false
    }
    return true
  }

  bump = async (...tags: readonly string[]): Promise<void> => {
    for (const tag of tags) this.#versions.set(tag, ++this.#lastVersion)
  }

  get = async (key: string): Promise<Cacheable | undefined> => {
    const entry = this.#entries.get(key)
    const found = entry && this.#isGood(entry) ? entry : undefined
    if (found) this.#hits++
    else this.#misses++
    return found?.answer
  }

  set = async (key: string, value: Cacheable, ttl: number): Promise<void> => {
    this.#keep(key, value, { tags: noTags, versions: [], ttl })
  }

  metrics = (): CacheStats => ({
    hits: this.#hits,
    misses: this.#misses,
    entries: this.#entries.size,
    bytes: this.#entries.calculatedSize,
  })
}
