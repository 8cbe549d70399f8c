import type { RedisCounts } from './redis-counts.ts'

type Settings = Readonly<{ kind: 'memory' }> | Readonly<{ kind: 'redis'; url: string }>

/**
 * Opens the counts that processes share by the Redis of the cache; undefined without one. A Redis that does not answer delays
 * no start; `report` receives a line about it. The client library loads only here.
 */
export async function openSharedCounts(
  settings: Settings,
  report: (line: string) => void,
): Promise<Pick<RedisCounts, 'exchange' | 'close'> | undefined> {
  if (settings.kind === 'memory') return undefined
  const { redisCounts } = await import('./redis-counts.ts')
  return redisCounts({ url: settings.url, report })
}
