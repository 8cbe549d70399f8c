import { LRUCache } from 'lru-cache'
import type { Cache, Cacheable, CacheRequest, CacheStats } from './cache.ts'
import { minutes } from '#platform/values'
import { freezeAndWeigh } from './weigh.ts'

type MemoryCacheSettings = Readonly<{
  /** Approximate memory for values. The least recently used value goes first. One value may take an eighth of it. */
  maxBytes: number
  /** Milliseconds for values without their own `ttl`; five minutes when absent. */
  defaultTtl?: number
  /** Milliseconds of a monotonic clock. */
  now?: () => number
  /** A number from 0 to 1, as Math.random. */
  random?: () => number
}>

/** The versions of a value's tags before its load started. */
type Tagged = Readonly<{ tags: readonly string[]; versions: readonly number[] }>

/** `answer` is already resolved: a hit returns this promise and allocates none. */
type Entry = Tagged & Readonly<{ answer: Promise<Cacheable | undefined>; until: number }>

/** A running load. */
type PendingLoad = Tagged & Readonly<{ answer: Promise<Cacheable | undefined> }>

const noTags: readonly string[] = []

/** Approximate bytes of an entry, its promise and its place in the list. */
const entryOverhead = 300

/** The invalidations of a cache in memory, which other processes need to know. */
export type Bumps = Readonly<{
  /** Calls `listener` after every bump in this process. */
  listen: (listener: (tags: readonly string[]) => void) => void
  /** Invalidates the values under tags that another process bumped. No listener is called. */
  apply: (tags: readonly string[]) => void
}>

/** Makes a cache in the memory of this process. */
export function memoryCache(settings: MemoryCacheSettings): Cache & Readonly<{ bumps: Bumps }> {
  return new MemoryCache(settings)
}

class MemoryCache implements Cache {
  readonly #entries: LRUCache<string, Entry>
  /** Dropping a version is safe: the tag gets a new version, so every value under it is a miss. */
  readonly #versions = new LRUCache<string, number>({ max: 50_000 })
  readonly #pending = new Map<string, PendingLoad>()
  readonly #listeners: ((tags: readonly string[]) => void)[] = []
  readonly #defaultTtl: number
  readonly #now: () => number
  readonly #random: () => number
  #lastVersion = 0
  #hits = 0
  #misses = 0

  constructor(settings: MemoryCacheSettings) {
    const { maxBytes, defaultTtl = minutes(5), now = () => performance.now(), random = Math.random } = settings
    this.#defaultTtl = defaultTtl
    this.#entries = new LRUCache({ maxSize: maxBytes, maxEntrySize: Math.ceil(maxBytes / 8) })
    this.#now = now
    this.#random = random
  }

  through = <Value extends Cacheable | undefined>(request: CacheRequest<Value>): Promise<Value> => {
    const entry = this.#entries.get(request.key)
    if (entry && this.#isValid(entry)) {
      this.#hits++
      return entry.answer as Promise<Value>
    }
    this.#misses++
    const pending = this.#pending.get(request.key)
    return pending && this.#isCurrent(pending) ? (pending.answer as Promise<Value>) : this.#load(request)
  }

  #load<Value extends Cacheable | undefined>(request: CacheRequest<Value>): Promise<Value> {
    const { key, tags = noTags } = request
    // The versions are read before the load, so a bump during the load invalidates its value.
    const tagged = { tags, versions: tags.map((tag) => this.#versionOf(tag)) }
    const answer = this.#loadAndStore(request, tagged)
    const pending = { ...tagged, answer }
    this.#pending.set(key, pending)
    const remove = () => {
      if (this.#pending.get(key) === pending) this.#pending.delete(key)
    }
    answer.then(remove, remove)
    return answer
  }

  async #loadAndStore<Value extends Cacheable | undefined>(
    request: CacheRequest<Value>,
    tagged: Tagged,
  ): Promise<Value> {
    const { key, ttl = this.#defaultTtl, absentTtl = ttl / 10, load } = request
    const value = await load()
    if (this.#isCurrent(tagged)) this.#store(key, value, { ...tagged, ttl: value === undefined ? absentTtl : ttl })
    return value
  }

  #store(key: string, value: Cacheable | undefined, { ttl, ...tagged }: Tagged & { ttl: number }) {
    const until = this.#now() + ttl * (1 - this.#random() / 10)
    const size = entryOverhead + 2 * key.length + freezeAndWeigh(value)
    this.#entries.set(key, { ...tagged, answer: Promise.resolve(value), until }, { size })
  }

  #versionOf(tag: string): number {
    const known = this.#versions.get(tag)
    if (known !== undefined) return known
    this.#versions.set(tag, ++this.#lastVersion)
    return this.#lastVersion
  }

  #isValid = (entry: Entry): boolean => entry.until > this.#now() && this.#isCurrent(entry)

  #isCurrent({ tags, versions }: Tagged): boolean {
    for (let index = 0; index < tags.length; index++) {
      if (this.#versions.get(tags[index] as string) !== versions[index]) return false
    }
    return true
  }

  bump = async (...tags: readonly string[]): Promise<void> => {
    this.#apply(tags)
    for (const listener of this.#listeners) listener(tags)
  }

  #apply(tags: readonly string[]): void {
    for (const tag of tags) this.#versions.set(tag, ++this.#lastVersion)
  }

  readonly bumps: Bumps = {
    listen: (listener) => void this.#listeners.push(listener),
    apply: (tags) => this.#apply(tags),
  }

  get = async (key: string): Promise<Cacheable | undefined> => {
    const entry = this.#entries.get(key)
    const found = entry && this.#isValid(entry) ? entry : undefined
    if (found) this.#hits++
    else this.#misses++
    return found?.answer
  }

  set = async (key: string, value: Cacheable, ttl: number): Promise<void> => {
    this.#store(key, value, { tags: noTags, versions: [], ttl })
  }

  metrics = (): CacheStats => ({
    hits: this.#hits,
    misses: this.#misses,
    entries: this.#entries.size,
    bytes: this.#entries.calculatedSize,
  })
}
