import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { DatabaseError, type PoolClient } from 'pg'
import { isOutdatedPlan, renameStatements, statementName } from './statement-name.ts'

type Stage = 'plain' | 'in transaction' | 'over'

/** One checkout of a pooled connection, from acquire to release. */
export class Connection implements DatabaseConnection {
  readonly client: PoolClient
  #stage: Stage = 'plain'
  #gathering = false
  #doubt: Error | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(client: PoolClient) {
    this.client = client
    client.on('error', this.#onError)
  }

  #onError = (error: Error) => {
    this.#doubt = error
  }

  /** True when the server answers within a second. */
  async lives(): Promise<boolean> {
    return await this.#send({ text: 'select', query_timeout: 1000 }).then(
      () => true,
      () => false,
    )
  }

  async begin(text: string): Promise<void> {
    await this.#send({ text })
    this.#stage = 'in transaction'
  }

  /**
   * Ends the transaction and returns what the server did. From this moment on late statements of its work are refused:
   * they would run, and be committed, outside of any transaction.
   */
  async end(text: 'commit' | 'rollback'): Promise<string> {
    this.#stage = 'over'
    await this.#running.catch(() => {})
    return (await this.#send({ text })).command
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#stage === 'over') throw new Error('This statement came after the end of its transaction: await every one')
    const { rows, rowCount } = await this.#prepared(sql, [...parameters])
    return { rows: (rows ?? []) as Row[], numAffectedRows: BigInt(rowCount ?? 0) }
  }

  /** A migration may outdate a prepared plan. Outside a transaction the statement is sent again under a new name. */
  async #prepared(text: string, values: unknown[]) {
    try {
      return await this.#send({ text, values, name: statementName(text) })
    } catch (error) {
      if (!isOutdatedPlan(error)) throw error
      renameStatements()
      if (this.#stage !== 'plain') throw error
      return await this.#send({ text, values, name: statementName(text) })
    }
  }

  #send(query: { text: string; values?: unknown[]; name?: string | undefined; query_timeout?: number }) {
    this.#gather()
    const running = this.client.query(query as { text: string })
    this.#running = running
    return running.catch((error: Error) => {
      if (!isAnswer(error)) this.#doubt = error
      throw error
    })
  }

  /** What is sent in one turn of the event loop goes over the wire in one piece. */
  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    const { stream } = this.client.connection
    stream.cork()
    process.nextTick(() => {
      this.#gathering = false
      stream.uncork()
    })
  }

  // oxlint-disable-next-line require-yield -- the interface asks for it; readers of long answers declare a cursor
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Streaming is done with a declared cursor')
  }

  /** Only a connection that is certainly well, and in no transaction, is handed out again. */
  release(): void {
    this.#stage = 'over'
    this.client.off('error', this.#onError)
    const idle = this.client.getTransactionStatus() === 'I'
    this.client.release(this.#doubt ?? (idle ? undefined : new Error('left inside a transaction')))
  }
}

/** The server's goodbyes: shutdown, crash of another session, idle or long transaction. */
const goodbye = /^(08...|57P..|25P03|25P04)$/

/** The server's answer "no" leaves a connection well; a goodbye, a cut or a time limit leaves it in doubt. */
const isAnswer = (error: unknown) => error instanceof DatabaseError && !goodbye.test(error.code ?? '')
