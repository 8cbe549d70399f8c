import { LRUCache } from 'lru-cache'

/** Results of queries in the memory of this process. */
export type QueryCache<Result> = Readonly<{
  /** Returns the cached result, or runs the query. A failed query is not cached. */
  through: (key: string, query: () => Promise<Result>) => Promise<Result>
  /** Call it after the commit of a change. */
  clear: () => void
}>

/** Opens a cache of at most `max` results, each for `ttl` milliseconds. Another process sees a change that much later. */
export function queryCache<Result>({ max, ttl }: Readonly<{ max: number; ttl: number }>): QueryCache<Result> {
  // Promises, so that a burst of requests runs one query, and a query that began before `clear` is not stored after it.
  const cache = new LRUCache<string, Promise<Result>>({ max, ttl })
  return {
    through: (key, query) => {
      const cached = cache.get(key)
      if (cached) return cached
      const running = query()
      cache.set(key, running)
      running.catch(() => cache.get(key) === running && cache.delete(key))
      return running
    },
    clear: () => cache.clear(),
  }
}
