import { Kysely } from 'kysely'
import { Pool, TypeOverrides } from 'pg'
import { PosadDialect } from './dialect.ts'

export type PoolSettings = Readonly<{
  url: string
  /** Connections kept. */
  size: number
  /** Connections beside those, opened in a rush and closed after 30 idle seconds. */
  overflow?: number
  /** Seconds a connection lives at most. */
  recycleSeconds?: number
  /** What `pg_stat_activity` shows. */
  name?: string
}>

/** A database of any module: `Kysely<any>` fits every module's tables, the composition root hands it to each. */
// oxlint-disable-next-line no-explicit-any
export type Db = Kysely<any>

const int8 = 20
const numeric = 1700
const pgTypes = new TypeOverrides()
pgTypes.setTypeParser(int8, safeInteger)
pgTypes.setTypeParser(numeric, Number)

/** A page anywhere on an SSD costs little more than the next one: the server's default speaks of turning disks. */
const disks = '-c random_page_cost=1.1'
const limits =
  '-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s -c transaction_timeout=60s'

/**
 * Opens a pool. Sessions give up on locks after 3 s, statements after 10 s, idle transactions after 15 s and any
 * transaction after a minute; a server that says nothing is given up after 15 s.
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
    options: `${limits} ${disks}`,
    pipeline: true, // what is sent side by side does not wait; a transaction's begin is always answered first
  })
  // An idle connection that dies (server restart) is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // The same for a client between two hands: the server's goodbye may come in one piece with its welcome.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

export const openDb = (pool: Pool): Db => new Kysely({ dialect: new PosadDialect(pool) })

function safeInteger(text: string): number {
  const integer = Number(text)
  if (!Number.isSafeInteger(integer)) throw new RangeError(`${text} does not fit a safe integer`)
  return integer
}
