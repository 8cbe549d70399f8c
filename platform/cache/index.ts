export { hitSamples, type Cache, type Cacheable } from './cache.ts'
export { memoryCache } from './memory-cache.ts'
export { cacheSettings } from './settings.ts'
export { watchInvalidations } from './watch-invalidations.ts'
