import type { Pool } from 'pg'
import { memoryCache, type Cache } from '#platform/cache'
import { findEmbedded, migrateUp, openDb, openPool, startEmbedded, type Db } from '#platform/db'
import { installJobs } from '#platform/jobs'
import type { Config } from './config.ts'
import { openModules, type Modules } from './modules.ts'
import { openSite, type Site } from './site.ts'

/** The database and the modules over it. Nothing runs by itself yet: neither HTTP nor events nor jobs. */
export type App = Modules &
  Readonly<{
    config: Config
    site: Site
    url: string
    pool: Pool
    db: Db
    cache: Cache
    /** Closes the pool, and stops the embedded database when no other process uses it. */
    close: () => Promise<void>
  }>

type Opening = Readonly<{
  config: Config
  /** Receives a line for people before each step that takes time. */
  announce: (line: string) => void
  /** Whether pending migrations are applied; `MIGRATE_ON_START` when absent. */
  migrates?: boolean
}>

/** Opens the app: starts the embedded database unless the settings name another one, and migrates it. */
export async function openApp({ config, announce, migrates = config.app.migrateOnStart }: Opening): Promise<App> {
  const database = await openDatabase(config, announce)
  const pool = openPool({ url: database.url, ...config.database.pool })
  const close = async () => {
    await pool.end()
    await database.stop()
  }
  try {
    if (migrates) await migrate(pool, announce)
    const db = openDb(pool)
    const cache = memoryCache(config.cache)
    const site = openSite(config.app)
    return { ...openModules({ config, site, db, cache }), config, site, url: database.url, pool, db, cache, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Brings every schema up to date. Several processes may call it at the same time. */
export async function migrate(pool: Pool, announce: (line: string) => void): Promise<void> {
  const applied = await migrateUp(pool)
  await installJobs(pool)
  if (applied.length > 0) announce(`Applied ${applied.length} migrations`)
}

async function openDatabase({ app, database }: Config, announce: (line: string) => void) {
  if (database.kind === 'external') return { url: database.url, stop: async () => {} }
  const running = findEmbedded(app.directory)
  if (!running) announce('Starting the embedded PostgreSQL …')
  const server = await startEmbedded({ directory: app.directory, onProgress: announce })
  return { url: server.url('posad'), stop: server.stop }
}
