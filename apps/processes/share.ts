import { changed, type Config } from '../config/config.ts'

/**
 * The settings of one of `count` processes. Connections and jobs are those of the start as a whole, so that more processes need hardly
 * more connections: each process gets its share, and at least two of the pool and two of the overflow.
 */
export function shareOf(config: Config, count: number): Config {
  const { database, jobs } = config
  const { size, overflow, recycleSeconds } = database.pool
  const share = (total: number, least: number) => Math.min(total, Math.max(least, Math.ceil(total / count)))
  return changed(config, {
    database: { ...database, pool: { size: share(size, 2), overflow: share(overflow, 2), recycleSeconds } },
    jobs: { ...jobs, concurrency: share(jobs.concurrency, 1) },
  })
}

/** The most connections that `count` processes with the settings of one start open: pools, jobs, events and the cache. */
export function connectionsOf(config: Config, count: number): number {
  const { database, jobs } = shareOf(config, count)
  return count * (database.pool.size + database.pool.overflow + jobs.concurrency + 2 + 2)
}
