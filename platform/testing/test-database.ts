import { openDb, openPool, type Db, type Embedded } from '#platform/db'
import type { Pool } from 'pg'
import { addressVariable, onConnection, siblingOf, startTestPostgres } from './postgres.ts'
import { ensureTemplate } from './template.ts'

/** The database of one test file. */
export type TestDatabase = Readonly<{
  db: Db
  pool: Pool
  url: string
  /** Opens a second pool, as another process has. Slices over it share no transaction and no statement with others. */
  openSecondDb: () => Db
  /** Ends the pools and drops the database. */
  close: () => Promise<void>
}>

export type TestDatabaseOptions = Readonly<{
  /** The modules whose tables it has, with the modules they need. In a module's test that module, otherwise all. */
  parts?: readonly string[]
  /** The size of the pool. */
  size?: number
}>

let counter = 0
let latest: Db | undefined

/** The database that this process opened last. Throws when there is none. */
export function latestDatabase(): Db {
  if (!latest) throw new Error('No test database is open: call testDatabase() before the server')
  return latest
}

/**
 * Clones a template into a new database. Call it in `before` and `close` in `after`. Copying the files costs 15–50 ms of
 * processor time, a fifth of PostgreSQL's default strategy `wal_log`.
 */
export async function testDatabase({
  parts = ownModule(),
  size = 10,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { address, release } = await useServer()
  const name = `posad_case_${process.pid}_${counter++}_${Date.now().toString(36)}`
  try {
    const template = await ensureTemplate(address, parts)
    await onConnection(address, (client) =>
      client.query(`create database ${name} template ${template} strategy file_copy`),
    )
  } catch (error) {
    await release()
    throw error
  }
  const url = siblingOf(address, name)
  const pool = openPool({ url, size, name: 'test' })
  const pools = [pool]
  const openSecondDb = () => {
    const second = openPool({ url, size, name: 'test' })
    pools.push(second)
    return openDb(second)
  }
  const close = async () => {
    await Promise.all(pools.map((each) => each.end()))
    await onConnection(address, (client) => client.query(`drop database if exists ${name} with (force)`))
    await release()
  }
  latest = openDb(pool)
  return { db: latest, pool, url, openSecondDb, close }
}

/** A module's tests get its own tables only, so that a query on another module's table fails here, not in production. */
function ownModule(): string[] | undefined {
  const module = /\/modules\/([^/]+)\//.exec(process.argv[1] ?? '')?.[1]
  return module ? [module] : undefined
}

let embedded: Promise<Embedded> | undefined
let users = 0

/** The server of the run. Without one this process starts or adopts a server and stops it with its last database. */
async function useServer(): Promise<{ address: string; release: () => Promise<void> }> {
  const given = process.env[addressVariable]
  if (given) return { address: given, release: async () => {} }
  users++
  const release = async () => {
    if (--users > 0) return
    const stopping = embedded
    embedded = undefined
    await (await stopping)?.stop()
  }
  try {
    const { url } = await (embedded ??= startTestPostgres())
    return { address: url('postgres'), release }
  } catch (error) {
    await release().catch(() => {})
    throw error
  }
}
