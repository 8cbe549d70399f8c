import type { Pool } from 'pg'
import { memoryCache, type Cache } from '#platform/cache'
import type { Config } from '#platform/config'
import { findEmbedded, migrateUp, openDb, openPool, startEmbedded, type Db } from '#platform/db'
import { installJobs } from '#platform/jobs'
import { openModules, type Modules } from './modules.ts'

/** The database and the modules over it, without anything that runs by itself. */
export type App = Modules &
  Readonly<{
    config: Config
    url: string
    pool: Pool
    db: Db
    cache: Cache
    /** Closes the pool, and the embedded database when this process is the last to use it. */
    close: () => Promise<void>
  }>

type Opening = Readonly<{
  config: Config
  /** Gets a line for people at each step that takes time. */
  announce: (line: string) => void
}>

/** Opens the house: starts the embedded database unless another is configured, and migrates it when that is wished. */
export async function openApp({ config, announce }: Opening): Promise<App> {
  const database = await openDatabase(config, announce)
  try {
    const pool = openPool({ url: database.url, ...config.database.pool })
    if (config.migrateOnStart) await migrate(pool, announce)
    const db = openDb(pool)
    const cache = memoryCache(config.cache)
    const close = async () => {
      await pool.end()
      await database.stop()
    }
    return { ...openModules({ config, db, cache }), config, url: database.url, pool, db, cache, close }
  } catch (error) {
    await database.stop()
    throw error
  }
}

/** Brings every schema up to date; safe to run by many processes at once. */
export async function migrate(pool: Pool, announce: (line: string) => void): Promise<void> {
  const applied = await migrateUp(pool)
  await installJobs(pool)
  if (applied.length > 0) announce(`Applied ${applied.length} migrations`)
}

async function openDatabase(config: Config, announce: (line: string) => void) {
  if (config.database.kind === 'external') return { url: config.database.url, stop: async () => {} }
  const running = findEmbedded(config.directory)
  if (!running) announce('Starting the embedded PostgreSQL …')
  const server = await startEmbedded({ directory: config.directory, onProgress: announce })
  return { url: server.url('posad'), stop: server.stop }
}
