import { Kysely } from 'kysely'
import pg from 'pg'
import { PosadDialect } from './dialect.ts'

export type PoolSettings = Readonly<{
  url: string
  /** Connections kept at most. */
  size: number
  /** Seconds after which an idle connection is closed; it also bounds a connection's life. */
  recycleSeconds?: number
  name?: string
}>

/** A database of any module: `Kysely<any>` fits every module's tables, the composition root hands it to each. */
// oxlint-disable-next-line no-explicit-any
export type Db = Kysely<any>

const int8 = 20
const numeric = 1700
const pgTypes = new pg.TypeOverrides()
pgTypes.setTypeParser(int8, safeInteger)
pgTypes.setTypeParser(numeric, Number)

/** Opens a pool. Sessions give up on locks after 3 s, statements after 10 s and idle transactions after 15 s. */
export function openPool({ url, size, recycleSeconds = 300, name = 'posad' }: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: name,
    types: pgTypes,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: recycleSeconds,
    options: '-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=15s',
  })
  // An idle connection that dies (server restart) is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return pool
}

export const openDb = (pool: pg.Pool): Db => new Kysely({ dialect: new PosadDialect(pool) })

function safeInteger(text: string): number {
  const integer = Number(text)
  if (!Number.isSafeInteger(integer)) throw new RangeError(`${text} does not fit a safe integer`)
  return integer
}
