import type { Cache } from './cache.ts'
import { memoryCache, type Bumps } from './memory-cache.ts'
import type { CacheSettings } from './settings.ts'

/**
 * A cache, and the way to close it. `ping` resolves when its server answers; a cache in memory has no server, and `bumps`
 * instead.
 */
export type OpenedCache = Readonly<{ cache: Cache; ping?: () => Promise<void>; bumps?: Bumps; close: () => void }>

/**
 * Opens the cache that the settings name. A Redis that does not answer delays no start; `report` receives a line about it. The
 * client library loads only here.
 */
export async function openCache(settings: CacheSettings, report: (line: string) => void): Promise<OpenedCache> {
  if (settings.kind === 'memory') {
    const cache = memoryCache(settings)
    return { cache, bumps: cache.bumps, close: () => {} }
  }
  const { redisCache } = await import('./redis-cache.ts')
  const cache = redisCache({ ...settings, report })
  return { cache, ping: cache.ping, close: cache.close }
}
