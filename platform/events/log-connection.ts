import { Client, type Pool, type QueryResultRow } from 'pg'

/** One statement over a log of millions may take a while; it runs beside hearers, on a connection of its own. */
const statementLimit = 60_000

/**
 * The connection of a process to the log. It holds the leader locks of its groups, reads for them and listens: so whoever
 * can read is leader, and a leader that is cut off cannot read on. One per process, beside the pool.
 */
export class LogConnection {
  readonly #client: Client
  #last: Promise<unknown> = Promise.resolve()
  #lost = false
  #ready = false

  private constructor(client: Client) {
    this.#client = client
  }

  /** Opens it; `onLost` is called once, when it breaks. The server closes it when it is silent for `silence` milliseconds. */
  static async open(
    pool: Pool,
    {
      silence,
      onLost,
      onNotice,
    }: { silence: number; onLost: (error: Error) => void; onNotice: (text: string) => void },
  ): Promise<LogConnection> {
    const client = new Client({
      ...pool.options,
      application_name: 'posad log',
      query_timeout: statementLimit + 5000,
      // Sequential scans off: plans are kept for the life of the connection, and the first are made on empty tables.
      options: `-c statement_timeout=${statementLimit} -c lock_timeout=3s -c idle_session_timeout=${silence} -c enable_seqscan=off -c jit=off`,
    })
    const connection = new LogConnection(client)
    const lose = (error: Error) => {
      if (connection.#lost) return
      connection.#lost = true
      if (connection.#ready) onLost(error)
      void connection.close()
    }
    client.on('error', lose)
    client.on('end', () => lose(new Error('The connection to the log ended')))
    client.on('notification', ({ payload }) => onNotice(payload ?? ''))
    await client.connect()
    connection.#ready = true
    return connection
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Statements run one after the other. */
  query<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const answer = this.#last.then(
      async () => (await this.#client.query<Row>({ name, text, values: [...values] })).rows,
    )
    this.#last = answer.catch(() => {})
    return answer
  }

  /** Ends it in good order: every lock it holds is free afterwards. */
  async close(): Promise<void> {
    this.#lost = true
    await this.#last
    await this.#client.end().catch(() => {})
  }
}
