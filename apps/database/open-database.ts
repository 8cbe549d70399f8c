import {
  findEmbedded,
  findInstance,
  hasEmbedded,
  oldestMajor,
  serverVersion,
  startEmbedded,
  tooOld,
} from '#platform/db'
import type { Config } from '../config/config.ts'
import { connectionsOf } from '../processes/share.ts'
import { Refusal } from '../terminal/refusal.ts'
import { stopAtEnd } from './stop-at-end.ts'

/**
 * `migrate` applies pending migrations, and makes an embedded database if there is none. `current` refuses a database with
 * pending migrations. `any` opens a database as it is.
 */
export type SchemaPolicy = 'migrate' | 'current' | 'any'

type OpenDatabaseNeeds = Readonly<{
  config: Config
  /** Receives a line for people before each step that takes time. */
  announce: (line: string) => void
  /** `MIGRATE_ON_START` chooses between `migrate` and `current` when absent. */
  schema?: SchemaPolicy
  /**
   * Supervises the embedded database and receives the reason when it does not start again. The running app passes it; a
   * command has none, and leaves the database of a running app to that app.
   */
  onDatabaseLost?: (reason: Error) => void
}>

/** The database of an app: its address, the directory of an embedded one, and the end of its use. */
export type OpenedDatabase = Readonly<{ url: string; directory: string | undefined; stop: () => Promise<void> }>

export const schemaPolicyOf = ({ config, schema }: Pick<OpenDatabaseNeeds, 'config' | 'schema'>): SchemaPolicy =>
  schema ?? (config.app.migrateOnStart ? 'migrate' : 'current')

/** Finds the database that the settings name, or starts the embedded one. Refuses one that cannot be used. */
export async function openDatabase(opening: OpenDatabaseNeeds): Promise<OpenedDatabase> {
  const { config, announce, onDatabaseLost } = opening
  const { app, database } = config
  if (schemaPolicyOf(opening) !== 'migrate') refuseMissingDatabase(config)
  if (database.kind === 'external') {
    await refuseOldServer(database.url)
    return { url: database.url, directory: undefined, stop: async () => {} }
  }
  const { directory } = app
  const isSupervised = () => !onDatabaseLost && findInstance(directory) !== undefined
  if (!findEmbedded(directory))
    announce(isSupervised() ? 'Waiting for the database of the running shop …' : 'Starting the embedded PostgreSQL …')
  // Other programs, such as the commands of an operator, need some too.
  const max_connections = Math.max(100, connectionsOf(config, app.processes) + 20)
  const starting = startEmbedded({ directory, onProgress: announce, isSupervised, settings: { max_connections } })
  const unwatch = stopAtEnd(async () => await (await starting.catch(() => undefined))?.stop())
  const server = await starting.catch((error: unknown) => {
    unwatch()
    throw error
  })
  if (onDatabaseLost) server.supervise({ announce, onGiveUp: onDatabaseLost })
  return { url: server.url('posad'), directory: server.directory, stop: () => server.stop().finally(unwatch) }
}

async function refuseOldServer(url: string): Promise<void> {
  const version = tooOld(await serverVersion(url))
  if (version === undefined) return
  throw new Refusal(
    `PostgreSQL ${oldestMajor} or newer is needed; this server is ${version}: upgrade it, or name another`,
  )
}

function refuseMissingDatabase({ app, database }: Config): void {
  if (database.kind === 'external' || hasEmbedded(app.directory)) return
  throw new Refusal(`There is no database in ${app.directory} yet: posad migrate up makes it`)
}
