import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
  type Driver,
  type TransactionSettings,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { Connection } from './connection.ts'

/** Thrown when PostgreSQL answered a COMMIT with ROLLBACK: a statement had failed and somebody swallowed it. */
export class CommitRefused extends Error {
  constructor() {
    super('COMMIT was answered with ROLLBACK: nothing was written')
    this.name = 'CommitRefused'
  }
}

/**
 * Kysely's PostgreSQL dialect with what its own driver lacks: no statement ever runs after the end of its transaction, a
 * connection killed in use is an error and not the end of the process, and statements are prepared by name (ADR 4).
 */
export class PosadDialect implements Dialect {
  readonly #pool: Pool
  constructor(pool: Pool) {
    this.#pool = pool
  }
  createDriver = () => new PoolDriver(this.#pool)
  createQueryCompiler = () => new PostgresQueryCompiler()
  createAdapter = () => new PostgresAdapter()
  createIntrospector: Dialect['createIntrospector'] = (db) => new PostgresIntrospector(db)
}

/**
 * What a transaction writes it finds by key, so its prepared statements are planned once and not for each array they are
 * given: planning would take longer than doing.
 */
const plannedOnce = 'set local plan_cache_mode = force_generic_plan'

/** A connection used less than this long ago is handed out unasked. */
const freshFor = 1000

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #usedAt = new WeakMap<PoolClient, number>()
  constructor(pool: Pool) {
    this.#pool = pool
  }
  async init() {}

  /** Asks a connection that has been idle whether it still lives: a firewall or a failover may have cut it silently. */
  async acquireConnection(): Promise<Connection> {
    for (;;) {
      const connection = new Connection(await this.#pool.connect())
      const usedAt = this.#usedAt.get(connection.client)
      if (usedAt === undefined || Date.now() - usedAt < freshFor || (await connection.lives())) return connection
      connection.release()
    }
  }

  async beginTransaction(connection: Connection, { isolationLevel, accessMode }: TransactionSettings) {
    const isolation = isolationLevel ? ` isolation level ${isolationLevel}` : ''
    await connection.begin(`begin${isolation}${accessMode ? ` ${accessMode}` : ''}; ${plannedOnce}`)
  }

  async commitTransaction(connection: Connection) {
    if ((await connection.end('commit')) !== 'COMMIT') throw new CommitRefused()
  }

  /** Never throws: what made the work fail is the news, and a connection that cannot roll back is closed. */
  async rollbackTransaction(connection: Connection) {
    await connection.end('rollback').catch(() => {})
  }

  async releaseConnection(connection: Connection) {
    this.#usedAt.set(connection.client, Date.now())
    connection.release()
  }

  async destroy() {
    await this.#pool.end()
  }
}
