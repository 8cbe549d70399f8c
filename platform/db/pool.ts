import { Kysely } from 'kysely'
import { Pool, TypeOverrides } from 'pg'
import { PosadDialect } from './dialect.ts'

export type PoolSettings = Readonly<{
  url: string
  /** Connections that stay open. */
  size: number
  /** Further connections for peak load, closed after 30 idle seconds. */
  overflow?: number
  /** The longest life of a connection, in seconds. */
  recycleSeconds?: number
  /** `application_name` in `pg_stat_activity`. */
  name?: string
}>

/** A database of any module: `Kysely<any>` accepts the tables of every module. */
// oxlint-disable-next-line no-explicit-any
export type Db = Kysely<any>

const int8 = 20
const numeric = 1700
const pgTypes = new TypeOverrides()
pgTypes.setTypeParser(int8, safeInteger)
pgTypes.setTypeParser(numeric, Number)

/** On an SSD a random page costs little more than the next one; PostgreSQL's default of 4 assumes rotating disks. */
const planner = '-c random_page_cost=1.1'
/**
 * A sequential scan of a large table otherwise starts where the last one stopped. A statement with a limit would then read
 * other rows each time: facets would count other products, and their pages would never be in memory.
 */
const scans = '-c synchronize_seqscans=off'
const limits =
  '-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s -c transaction_timeout=60s'

/**
 * Opens a pool. The server cancels a wait for a lock after 3 s, a statement after 10 s, an idle transaction after 15 s and
 * any transaction after a minute. The client gives up an unanswered query after 15 s.
 */
export function openPool({ url, size, overflow = 0, recycleSeconds = 300, name = 'posad' }: PoolSettings): Pool {
  const pool = new Pool({
    connectionString: url,
    min: size,
    max: size + overflow,
    application_name: name,
    types: pgTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5000,
    query_timeout: 15_000,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: recycleSeconds,
    options: `${limits} ${planner} ${scans}`,
    pipeline: true, // concurrent statements do not wait for each other; the answer to BEGIN always comes first
  })
  // The pool drops an idle connection that breaks (server restart). Without a listener the error ends the process.
  pool.on('error', () => {})
  // The same holds for a new client: the server may accept and close a connection in one packet.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

const keyed = new WeakMap<object, Db>()

/** Opens a database over `pool`, whose end ends the database. */
export function openDb(pool: Pool): Db {
  const db: Db = new Kysely({ dialect: new PosadDialect(pool) })
  keyed.set(db, new Kysely({ dialect: new PosadDialect(pool, 'force_generic_plan') }))
  return db
}

/**
 * The database for statements that find their rows by key. PostgreSQL plans them once for any keys: to plan them again for
 * each list of keys takes longer than to run them. A transaction plans all its statements once, and is returned as it is.
 */
export const byKey = <Tables>(db: Kysely<Tables>): Kysely<Tables> => keyed.get(db) ?? db

function safeInteger(text: string): number {
  const integer = Number(text)
  if (!Number.isSafeInteger(integer))
    throw new RangeError(`PostgreSQL returned ${text}, which exceeds the safe integers of JavaScript`)
  return integer
}
