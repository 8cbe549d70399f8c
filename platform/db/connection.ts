import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { DatabaseError, type PoolClient } from 'pg'
import { countStatement } from '#platform/telemetry'
import { needsTransaction } from './in-transaction.ts'
import { isOutdatedPlan, renameStatements, statementName } from './statement-name.ts'

type Stage = 'plain' | 'in transaction' | 'ended'

/** How the server plans prepared statements: `auto` may plan again for each set of values, `force_generic_plan` plans once. */
export type Plans = 'auto' | 'force_generic_plan'

/** The choice of each session, `auto` when it is not here. */
const chosenPlans = new WeakMap<PoolClient, Plans>()

/** A pooled connection, from acquire to release. */
export class Connection implements DatabaseConnection {
  readonly client: PoolClient
  #stage: Stage = 'plain'
  #isCorked = false
  /** Why the pool must close this connection instead of reusing it. */
  #defect: Error | undefined
  #running: Promise<unknown> = Promise.resolve()
  /** The answer to BEGIN. */
  #begun: Promise<unknown> = Promise.resolve()

  constructor(client: PoolClient) {
    this.client = client
    client.on('error', this.#onError)
  }

  #onError = (error: Error) => {
    this.#defect = error
  }

  /** True when the server answers within a second. */
  async responds(): Promise<boolean> {
    return await this.#send({ text: 'select', query_timeout: 1000 }).then(
      () => true,
      () => false,
    )
  }

  /** Sends the choice with the next statement, unless the session has it already. A session that does not get it is broken. */
  choosePlans(plans: Plans): void {
    if ((chosenPlans.get(this.client) ?? 'auto') === plans) return
    chosenPlans.set(this.client, plans)
    this.#send({ text: `set plan_cache_mode = ${plans}` }).catch(() => {})
  }

  /** Sends BEGIN and does not wait for the answer: the first statement does. */
  begin(text: string): void {
    this.#stage = 'in transaction'
    this.#begun = this.#send({ text })
    this.#begun.catch(() => {}) // each later statement throws the error
  }

  /**
   * Ends the transaction and returns the command that the server ran. Refuses every later statement: it would run, and be
   * committed, outside any transaction.
   */
  async end(text: 'commit' | 'rollback'): Promise<string> {
    this.#stage = 'ended'
    await this.#running.catch(() => {})
    if (text === 'commit') await this.#begun
    return (await this.#send({ text })).command
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#stage === 'ended')
      throw new Error('This statement was sent after its transaction ended: await every statement')
    countStatement()
    if (!needsTransaction(sql)) await this.#begun
    const [{ rows, rowCount }] = await Promise.all([this.#prepared(sql, [...parameters]), this.#begun])
    return { rows: (rows ?? []) as Row[], numAffectedRows: BigInt(rowCount ?? 0) }
  }

  /** A migration may invalidate a prepared plan. Outside a transaction, sends the statement again under a new name. */
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
    this.#cork()
    const running = this.client.query(query as { text: string })
    this.#running = running
    return running.catch((error: Error) => {
      if (!isAnswer(error)) this.#defect = error
      throw error
    })
  }

  /** Sends the statements of one turn of the event loop in one packet. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    const { stream } = this.client.connection
    stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      stream.uncork()
    })
  }

  // oxlint-disable-next-line require-yield -- the interface requires it; a read of many rows declares a cursor
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('This driver does not stream: declare a cursor')
  }

  /** Returns the connection to the pool for reuse only if it has no defect and is outside any transaction. */
  release(): void {
    this.#stage = 'ended'
    this.client.off('error', this.#onError)
    const idle = this.client.getTransactionStatus() === 'I'
    this.client.release(
      this.#defect ?? (idle ? undefined : new Error('The connection was released inside a transaction')),
    )
  }
}

/** SQLSTATEs with which the server closes a session: shutdown, crash of another session, idle or long transaction. */
const sessionClosed = /^(08...|57P..|25P03|25P04)$/

/** After an ordinary error of the server the connection is usable; after a closed session, a cut or a timeout it is not. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof DatabaseError && !sessionClosed.test(error.code ?? '')
