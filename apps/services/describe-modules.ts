import { memoryCache } from '#platform/cache'
import { openDb, openPool } from '#platform/db'
import { openMailQueue } from '#platform/mail'
import { openStorage } from '#platform/storage'
import { systemClock } from '#platform/values'
import type { App } from '../app.ts'
import { readAppConfig } from '../config/config.ts'
import { openSite } from '../config/site.ts'
import { openModules } from '../modules.ts'

/** No server listens here: a pool connects at its first statement, and the documents need no statement. */
const url = 'postgresql://posad@127.0.0.1:1/posad'

/** The app with its default settings, for the generated documents. It runs nothing and writes no file. */
export function describeModules(): App {
  const config = readAppConfig({
    DATABASE_URL: url,
    JWT_SECRET: 'the documents need no signed token',
    PAY_LINK_SECRET: 'the documents need no signed link',
    FILE_LINK_SECRET: 'the documents need no signed link',
    WEBHOOK_SECRET: 'the documents need no encrypted secret',
  })
  const pool = openPool({ url, size: 1 })
  const db = openDb(pool)
  const cache = memoryCache({ maxBytes: 1_000_000 })
  const site = openSite(config.app)
  const mail = openMailQueue({ secret: 'the documents need no mail' })
  const files = openStorage({
    settings: config.storage,
    directory: config.app.directory,
    now: systemClock,
    origin: site.origin,
  })
  const limits = { kind: 'off' } as const
  const modules = openModules({ config, site, db, cache, limits, mail, files })
  return {
    ...modules,
    config,
    service: undefined,
    site,
    url,
    pool,
    db,
    cache,
    limits,
    mail,
    files,
    close: () => pool.end(),
  }
}
