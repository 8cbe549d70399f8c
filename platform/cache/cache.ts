import type { Sample } from '#platform/telemetry'

/** What a cache may hold: JSON. It is handed out to many, so nobody changes it; an in-process cache freezes it. */
export type Cacheable =
  | string
  | number
  | boolean
  | null
  | readonly Cacheable[]
  | Readonly<{ [name: string]: Cacheable }>

/** How to get a value that may be cached. */
export type Wanted<Value extends Cacheable | undefined> = Readonly<{
  key: string
  /** Bumping any of them makes the value invalid at once: `product:0199…`, `products`. */
  tags?: readonly string[]
  /**
   * Milliseconds a value is served at most, the cache's own `defaultTtl` when absent; up to a tenth less, so that values
   * made together do not expire together.
   */
  ttl?: number
  /** The same for an answer that there is nothing; a tenth of `ttl` when absent. */
  absentTtl?: number
  /** Gets the value; undefined means that there is none, which is remembered too. */
  load: () => Promise<Value>
}>

/**
 * A cache: only ever makes things faster. Everything in it may vanish at any time, and whatever goes wrong with it, the
 * callers of `through` get what `load` gives.
 */
export type Cache = Readonly<{
  /**
   * The cached value, or what `load` gives. Who asks while a load runs waits for it instead of loading again, unless a tag
   * was bumped since it began: a value whose load began before a bump is never given to anyone who asks after the bump.
   * A failed load is thrown to all who wait for it, and not remembered.
   */
  through: <Value extends Cacheable | undefined>(wanted: Wanted<Value>) => Promise<Value>
  /**
   * Makes all values under the tags invalid at once. Bump after the commit of the change (`afterCommit`), never before: a
   * load between bump and commit would put the old value back.
   */
  bump: (...tags: readonly string[]) => Promise<void>
  get: (key: string) => Promise<Cacheable | undefined>
  set: (key: string, value: Cacheable, ttl: number) => Promise<void>
  /** Hits, misses and memory, for the metrics. */
  metrics: () => CacheStats
}>

export type CacheStats = Readonly<{ hits: number; misses: number; entries: number; bytes: number }>

/** Hits and misses as readings of one figure. */
export const hitSamples = (cache: Cache) => (): readonly Sample[] => {
  const { hits, misses } = cache.metrics()
  return [
    { labels: { outcome: 'hit' }, value: hits },
    { labels: { outcome: 'miss' }, value: misses },
  ]
}
