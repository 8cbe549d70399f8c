import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { statementName } from './statement-name.ts'

/** Thrown when PostgreSQL answered a COMMIT with ROLLBACK: a statement had failed and somebody swallowed it. */
export class CommitRefused extends Error {
  constructor() {
    super('COMMIT was answered with ROLLBACK: nothing was written')
    this.name = 'CommitRefused'
  }
}

/**
 * Kysely's PostgreSQL dialect with two differences, which is why it is ours: a COMMIT that did not commit throws
 * (Kysely's own driver drops the command tag), and statements are prepared by name, so that the server parses each once.
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

class PoolDriver implements Driver {
  readonly #pool: Pool
  constructor(pool: Pool) {
    this.#pool = pool
  }
  async init() {}
  acquireConnection = async () => new Connection(await this.#pool.connect())
  async beginTransaction(connection: Connection, settings: { isolationLevel?: string; accessMode?: string }) {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : ''
    await connection.command(`begin${isolation}${settings.accessMode ? ` ${settings.accessMode}` : ''}`)
  }
  async commitTransaction(connection: Connection) {
    if ((await connection.command('commit')) !== 'COMMIT') throw new CommitRefused()
  }
  async rollbackTransaction(connection: Connection) {
    await connection.command('rollback')
  }
  releaseConnection = async (connection: Connection) => connection.release()
  async destroy() {
    await this.#pool.end()
  }
}

class Connection implements DatabaseConnection {
  readonly #client: PoolClient
  #broken: Error | undefined
  constructor(client: PoolClient) {
    this.#client = client
    client.on('error', this.#onError)
  }
  #onError = (error: Error) => {
    this.#broken = error
  }

  async command(text: string): Promise<string> {
    return (await this.#client.query(text)).command
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const name = statementName(sql)
    const { rows, rowCount } = await this.#client.query({ text: sql, values: [...parameters], ...(name && { name }) })
    return { rows: rows ?? [], numAffectedRows: BigInt(rowCount ?? 0) }
  }

  // oxlint-disable-next-line require-yield -- the interface asks for it; readers of long answers declare a cursor
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Streaming is done with a declared cursor')
  }

  /** A connection that failed is closed, never handed out again. */
  release() {
    this.#client.off('error', this.#onError)
    this.#client.release(this.#broken)
  }
}
