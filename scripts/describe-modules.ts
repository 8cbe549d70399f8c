import { memoryCache } from '#platform/cache'
import { readConfig } from '#platform/config'
import { openDb, openPool } from '#platform/db'
import { openModules } from '../apps/modules.ts'
import type { App } from '../apps/app.ts'

/** A database that nobody asks: a pool opens its first connection with its first statement, and documents send none. */
const url = 'postgresql://nobody@127.0.0.1:1/nowhere'

/** The house as it is wired with the default settings, for writing about it: nothing in it runs, and no file is made. */
export function describeModules(): App {
  const config = readConfig({ DATABASE_URL: url, JWT_SECRET: 'signs nothing that anybody will ever see' })
  const pool = openPool({ url, size: 1 })
  const db = openDb(pool)
  const cache = memoryCache({ maxBytes: 1_000_000 })
  return { ...openModules({ config, db, cache }), config, url, pool, db, cache, close: () => pool.end() }
}
