import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
  type Driver,
  type TransactionSettings,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { Connection, type Plans } from './connection.ts'
import { markTransaction } from './in-transaction.ts'

/** PostgreSQL answered COMMIT with ROLLBACK: a statement of the transaction had failed and the work ignored the error. */
export class CommitRefused extends Error {
  constructor() {
    super('COMMIT was answered with ROLLBACK: nothing was written')
    this.name = 'CommitRefused'
  }
}

/**
 * Kysely's PostgreSQL dialect with three properties that Kysely's own driver lacks: no statement runs after the end of its
 * transaction, a connection killed in use is an error and does not end the process, and statements are prepared by name
 * (ADR 4).
 */
export class PosadDialect implements Dialect {
  readonly #pool: Pool
  readonly #plans: Plans
  constructor(pool: Pool, plans: Plans = 'auto') {
    this.#pool = pool
    this.#plans = plans
  }
  createDriver = () => new PoolDriver(this.#pool, this.#plans)
  createQueryCompiler = () => new PostgresQueryCompiler()
  createAdapter = () => new PostgresAdapter()
  createIntrospector: Dialect['createIntrospector'] = (db) => new PostgresIntrospector(db)
}

/**
 * Statements in a transaction find their rows by key, so one generic plan serves every parameter. Planning again for each
 * array takes longer than running the statement.
 */
const planOnce = 'set local plan_cache_mode = force_generic_plan'

/** A connection that was idle for longer, in milliseconds, is tested before use. */
const testAfterIdle = 1000

class PoolDriver implements Driver {
  readonly #pool: Pool
  readonly #plans: Plans
  readonly #usedAt = new WeakMap<PoolClient, number>()
  constructor(pool: Pool, plans: Plans) {
    this.#pool = pool
    this.#plans = plans
  }
  async init() {}

  /** Tests a connection that was idle: a firewall or a failover may have cut it without notice. */
  async acquireConnection(): Promise<Connection> {
    for (;;) {
      const connection = new Connection(await this.#pool.connect())
      const usedAt = this.#usedAt.get(connection.client)
      if (usedAt === undefined || Date.now() - usedAt < testAfterIdle || (await connection.responds())) {
        connection.choosePlans(this.#plans)
        return connection
      }
      connection.release()
    }
  }

  async beginTransaction(connection: Connection, { isolationLevel, accessMode }: TransactionSettings) {
    const isolation = isolationLevel ? ` isolation level ${isolationLevel}` : ''
    connection.begin(`begin${isolation}${accessMode ? ` ${accessMode}` : ''}; ${planOnce}; ${markTransaction}`)
  }

  async commitTransaction(connection: Connection) {
    if ((await connection.end('commit')) !== 'COMMIT') throw new CommitRefused()
  }

  /** Never throws: the caller needs the error of the work, and the pool closes a connection that cannot roll back. */
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
