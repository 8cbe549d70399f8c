import type { Pool } from 'pg'
import { openCache, type Cache, type OpenedCache } from '#platform/cache'
import { isOfOldVersion, migrateUp, migrationStatus, openDb, openPool, unfinishedRestore, type Db } from '#platform/db'
import { installJobs } from '#platform/jobs'
import { openSharedCounts, type Rates } from '#platform/limits'
import { openMailQueue, type MailQueue } from '#platform/mail'
import { openStorage } from '#platform/storage'
import { systemClock } from '#platform/values'
import { limitsOf, type Config } from './config/config.ts'
import { generatedSecret, lostSecrets } from './config/generated-secrets.ts'
import { openSite, openSiteOfService, type Site } from './config/site.ts'
import { openDatabase, schemaPolicyOf } from './database/open-database.ts'
import { openModules, type Adapters, type Modules } from './modules.ts'
import type { Apis, LocalApis } from './services/apis.ts'
import { modulesOf, type ModuleName, type ServiceName } from './services/services.ts'
import { countOf } from './terminal/print.ts'
import { Refusal } from './terminal/refusal.ts'

/** The database and the modules over it. Nothing runs by itself yet: neither HTTP nor events nor jobs. */
export type App = Modules &
  Readonly<{
    config: Config
    /** The only service that it runs; undefined for all of them. */
    service: ServiceName | undefined
    site: Site
    url: string
    pool: Pool
    db: Db
    cache: Cache
    /** Resolves when Redis answers; absent without Redis. */
    pingCache?: OpenedCache['ping']
    /** The invalidations of the cache in this process; absent with Redis, which all processes share. */
    bumps?: OpenedCache['bumps']
    /** The rate limits, with the counts of all processes where Redis is used. */
    limits: Rates
    mail: MailQueue
    /** Files, and the routes that serve them. */
    files: ReturnType<typeof openStorage>
    /** Closes the pool, and stops the embedded database when no other process uses it. */
    close: () => Promise<void>
  }>

type OpenAppNeeds = Parameters<typeof openDatabase>[0] &
  Readonly<{
    /** The app uses the adapters of production when absent. */
    adapters?: Adapters
    /** Runs this service only, whose settings `config` has; `remote` has the functions of modules in other processes. */
    service?: ServiceName
    remote?: Apis
    local?: LocalApis
  }>

/** Opens the app: starts the embedded database unless the settings name another one, and migrates or checks it. */
export async function openApp(opening: OpenAppNeeds): Promise<App> {
  const { config, announce, adapters = {}, service, remote, local } = opening
  const runs = modulesOf(service)
  const schema = schemaPolicyOf(opening)
  const database = await openDatabase(opening)
  const pool = openPool({ url: database.url, ...config.database.pool })
  const opened = await openCache(config.cache, announce)
  const counts = config.http.hasRateLimits ? await openSharedCounts(config.cache, announce) : undefined
  const limits = limitsOf(config, counts)
  const close = async () => {
    opened.close()
    counts?.close()
    await pool.end()
    await database.stop()
  }
  try {
    await refuseOldVersion(pool, database.directory)
    await refuseUnfinishedRestore(pool)
    if (schema === 'migrate') await migrate(pool, runs, announce)
    if (schema === 'current') await refusePending(pool, runs)
    const db = openDb(pool)
    const { cache, ping, bumps } = opened
    const site = service ? openSiteOfService(config.app) : openSite(config.app)
    for (const line of lostSecrets(config)) announce(line)
    const mail = openMailQueue({ secret: mailSecretOf(config) })
    const files = openStorage({
      settings: config.storage,
      directory: config.app.directory,
      now: adapters.now ?? systemClock,
      origin: site.origin,
    })
    const linked = { runs, ...(remote && { remote }), ...(local && { local }) }
    const modules = openModules({ config, site, db, cache, limits, mail, files, adapters, ...linked })
    return {
      ...modules,
      config,
      service,
      site,
      url: database.url,
      pool,
      db,
      cache,
      limits,
      mail,
      files,
      ...(ping && { pingCache: ping }),
      ...(bumps && { bumps }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A generated secret is in the data directory. */
const mailSecretOf = (config: Config): string => config.mail.queueSecret ?? generatedSecret(config, 'mail')

/** Brings the schemas of the modules up to date. Several processes may call it at the same time. */
async function migrate(pool: Pool, parts: readonly ModuleName[], announce: (line: string) => void): Promise<void> {
  const applied = await migrateUp(pool, { parts })
  await installJobs(pool)
  if (applied.length > 0) announce(`Applied ${countOf(applied.length, 'migration')}`)
}

async function refusePending(pool: Pool, parts: readonly ModuleName[]): Promise<void> {
  const pending = (await migrationStatus(pool, { parts })).filter(({ state }) => state === 'pending')
  if (pending.length === 0) return
  const verb = pending.length === 1 ? 'is' : 'are'
  throw new Refusal(`${countOf(pending.length, 'migration')} ${verb} pending: posad migrate up applies them`)
}

/** Brings a database that nothing uses yet to the migrations of some modules. */
export async function migrateDatabase(url: string, modules: readonly ModuleName[]): Promise<void> {
  const pool = openPool({ url, size: 1 })
  try {
    await migrate(pool, modules, () => {})
  } finally {
    await pool.end()
  }
}

async function refuseUnfinishedRestore(pool: Pool): Promise<void> {
  const { rows } = await pool.query(unfinishedRestore)
  if (rows.length === 0) return
  throw new Refusal('A restore into this database did not end: run the same posad restore again')
}

/** `directory` is that of the embedded server. */
async function refuseOldVersion(pool: Pool, directory: string | undefined): Promise<void> {
  if (!(await isOfOldVersion(pool))) return
  const remedy = directory ? `move the directory ${directory} away` : 'name an empty database in DATABASE_URL'
  throw new Refusal(
    `A version of Posad before 0.1.0 made this database, and this version cannot read it: ${remedy} and start again`,
  )
}
