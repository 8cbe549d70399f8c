export { hitReadings, type Cache, type Cacheable, type CacheFigures, type Wanted } from './cache.ts'
export { memoryCache, type MemoryCacheSettings } from './memory-cache.ts'
