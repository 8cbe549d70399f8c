import type { Sample } from '#platform/telemetry'

/** A value in a cache: JSON. Many callers share it, so a cache in the process freezes it. */
export type Cacheable =
  | string
  | number
  | boolean
  | null
  | readonly Cacheable[]
  | Readonly<{ [name: string]: Cacheable }>

/** A cached value: its key, its tags, its lifetime and its load function. */
export type CacheRequest<Value extends Cacheable | undefined> = Readonly<{
  key: string
  /** Bumping any of them makes the value invalid at once: `product:0199…`, `products`. */
  tags?: readonly string[]
  /**
   * The longest life of the value in milliseconds; `defaultTtl` of the cache when absent. The cache shortens it by up to a
   * tenth, so that values loaded together do not expire together.
   */
  ttl?: number
  /** The longest life of an absent value; a tenth of `ttl` when not given. */
  absentTtl?: number
  /** Loads the value; undefined when it is absent, which is cached too. */
  load: () => Promise<Value>
}>

/**
 * A cache only saves time: any value may vanish at any moment, and after any failure of the cache the callers of `through`
 * get the result of `load`.
 */
export type Cache = Readonly<{
  /**
   * Returns the cached value, or loads it. Concurrent callers share one load, unless a bump came after its start: a value
   * whose load started before a bump is never returned to a caller who came after it. All waiting callers get the error of
   * a failed load, and the error is not cached.
   */
  through: <Value extends Cacheable | undefined>(request: CacheRequest<Value>) => Promise<Value>
  /**
   * Invalidates all values under the tags at once. Bump after the commit of the change (`afterCommit`), never before: a load
   * between bump and commit would cache the old value again.
   */
  bump: (...tags: readonly string[]) => Promise<void>
  get: (key: string) => Promise<Cacheable | undefined>
  set: (key: string, value: Cacheable, ttl: number) => Promise<void>
  /** Hits, misses and memory, for the metrics. */
  metrics: () => CacheStats
}>

export type CacheStats = Readonly<{ hits: number; misses: number; entries: number; bytes: number }>

/** Hits and misses as the samples of one metric. */
export const hitSamples = (cache: Cache) => (): readonly Sample[] => {
  const { hits, misses } = cache.metrics()
  return [
    { labels: { outcome: 'hit' }, value: hits },
    { labels: { outcome: 'miss' }, value: misses },
  ]
}
