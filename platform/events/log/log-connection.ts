import { Client, type Pool, type QueryResultRow } from 'pg'

/** Milliseconds. A read of a log with millions of events may take a while; it does not block the handlers' connections. */
const statementTimeout = 60_000

type Options = Readonly<{
  /** The server closes the connection after this many milliseconds of silence. */
  timeout: number
  /** Called once, when the connection breaks. */
  onLost: (error: Error) => void
  /** Called with the payload of every notification. */
  onNotification: (payload: string) => void
}>

/**
 * The one connection of a process to the log, beside the pool. It holds the leader locks of the process, reads for the
 * groups it leads, and listens. So only a leader can read, and a leader that loses its locks cannot read on.
 */
export class LogConnection {
  readonly #client: Client
  #last: Promise<unknown> = Promise.resolve()
  #lost = false
  #ready = false

  private constructor(client: Client) {
    this.#client = client
  }

  /** Connects with the options of `pool`. Rejects when the server cannot be reached. */
  static async open(pool: Pool, { timeout, onLost, onNotification }: Options): Promise<LogConnection> {
    const client = new Client({
      ...pool.options,
      application_name: 'posad log',
      query_timeout: statementTimeout + 5000,
      // The connection keeps its plans for life and makes the first ones on empty tables: forbid sequential scans.
      options: `-c statement_timeout=${statementTimeout} -c lock_timeout=3s -c idle_session_timeout=${timeout} -c enable_seqscan=off -c jit=off`,
    })
    const connection = new LogConnection(client)
    const lose = (error: Error) => {
      if (connection.#lost) return
      connection.#lost = true
      if (connection.#ready) onLost(error)
      void connection.close()
    }
    client.on('error', lose)
    client.on('end', () => lose(new Error('PostgreSQL ended the connection to the log')))
    client.on('notification', ({ payload }) => onNotification(payload ?? ''))
    await client.connect()
    connection.#ready = true
    return connection
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Runs a prepared statement called `name`. Statements run one after the other. */
  query<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const rows = this.#last.then(async () => (await this.#client.query<Row>({ name, text, values: [...values] })).rows)
    this.#last = rows.catch(() => {})
    return rows
  }

  /** Closes the connection after its last statement. The server then releases every lock it holds. */
  async close(): Promise<void> {
    this.#lost = true
    await this.#last
    await this.#client.end().catch(() => {})
  }

  /** Closes the connection at once; a statement that still runs fails. */
  cut(): void {
    this.#client.connection.stream.destroy()
  }
}
