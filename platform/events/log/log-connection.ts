import { Socket } from 'node:net'
import { Client, type Pool, type QueryConfig, type QueryResultRow } from 'pg'
import { isExecuting } from './is-executing.ts'

/** Milliseconds. A read of a log with millions of events may take a while; it does not block the handlers' connections. */
const statementTimeout = 60_000

/** The part of the timeout after which an unanswered statement is looked at: the connection is cut before the time is over. */
const lookAfter = 0.5
/** The part of the timeout between two looks. */
const lookEvery = 0.1

type Options = Readonly<{
  /** The server closes the connection after this many milliseconds of silence. */
  timeout: number
  /** Called when the server answers, and when it still executes a long statement. */
  onAnswer: () => void
  /** Called once, when the connection breaks. */
  onLost: (error: Error) => void
  /** Called with the payload of every notification. */
  onNotification: (payload: string) => void
}>

type Watch = Pick<Options, 'timeout' | 'onAnswer'> & Readonly<{ pool: Pool }>

/**
 * The one connection of a process to the log, beside the pool. It holds the leader locks of the process, reads for the
 * groups it leads, and listens. So only a leader can read, and a leader that loses its locks cannot read on.
 *
 * A long read is legitimate, so a time limit alone would also cut a connection whose server is busy. When a statement
 * gets no answer, the process asks the server over a new connection whether it still executes the statement.
 */
export class LogConnection {
  readonly #client: Client
  readonly #watch: Watch
  /** The process id of the connection at the server. */
  #pid = 0
  #last: Promise<unknown> = Promise.resolve()
  #lost = false
  #ready = false
  /** When the server last worked on the statement that waits for its answer; Infinity while there is none. */
  #aliveAt = Infinity
  /** The bytes that had arrived at that time. */
  #received = 0
  #sent = 0
  #looking = false
  #looks: NodeJS.Timeout | undefined

  private constructor(client: Client, watch: Watch) {
    this.#client = client
    this.#watch = watch
  }

  /** Connects with the options of `pool`. Rejects when the server cannot be reached. */
  static async open(pool: Pool, { timeout, onAnswer, onLost, onNotification }: Options): Promise<LogConnection> {
    const client = new Client({
      ...pool.options,
      application_name: 'posad log',
      query_timeout: statementTimeout + 5000,
      // The connection keeps its plans for life and makes the first ones on empty tables: forbid sequential scans.
      options: `-c statement_timeout=${statementTimeout} -c lock_timeout=3s -c idle_session_timeout=${timeout} -c enable_seqscan=off -c jit=off`,
    })
    const connection = new LogConnection(client, { pool, timeout, onAnswer })
    const lose = (error: Error) => {
      clearInterval(connection.#looks)
      if (connection.#lost) return
      connection.#lost = true
      if (connection.#ready) onLost(error)
      void connection.close()
    }
    client.on('error', lose)
    client.on('end', () => lose(new Error('PostgreSQL ended the connection to the log')))
    client.on('notification', ({ payload }) => onNotification(payload ?? ''))
    await client.connect()
    await connection.#findPid()
    connection.#ready = true
    connection.#looks = setInterval(() => void connection.#cutIfHung(), timeout * lookEvery)
    return connection
  }

  get lost(): boolean {
    return this.#lost
  }

  /** The id of the connection at the server, as `pg_locks` has it. */
  get pid(): number {
    return this.#pid
  }

  /** Runs a prepared statement called `name`. Statements run one after the other. */
  query<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const rows = this.#last.then(() => this.#run<Row>({ name, text, values: [...values] }))
    this.#last = rows.catch(() => {})
    return rows
  }

  async #run<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row[]> {
    this.#sent++
    this.#alive()
    try {
      const { rows } = await this.#client.query<Row>(statement)
      this.#watch.onAnswer()
      return rows
    } finally {
      this.#aliveAt = Infinity
    }
  }

  /** Cuts the connection when it brings nothing and the server does not execute its statement: the answer never comes. */
  async #cutIfHung(): Promise<void> {
    const { pool, timeout, onAnswer } = this.#watch
    if (this.#looking || performance.now() - this.#aliveAt < timeout * lookAfter) return
    const sent = this.#sent
    this.#looking = true
    const executing = await isExecuting(pool, this.#pid, timeout)
    this.#looking = false
    if (this.#aliveAt === Infinity || this.#sent !== sent) return
    if (executing || this.#bytesRead > this.#received) {
      this.#alive()
      onAnswer()
    } else if (executing === false) this.cut()
  }

  #alive(): void {
    this.#aliveAt = performance.now()
    this.#received = this.#bytesRead
  }

  get #bytesRead(): number {
    const { stream } = this.#client.connection
    return stream instanceof Socket ? stream.bytesRead : 0
  }

  /** Asks the server: a pooler between would give the client another id. */
  async #findPid(): Promise<void> {
    const late = setTimeout(() => this.cut(), this.#watch.timeout)
    try {
      const { rows } = await this.#client.query<{ pid: number }>('select pg_backend_pid() as pid')
      this.#pid = rows[0]?.pid ?? 0
      this.#watch.onAnswer()
    } finally {
      clearTimeout(late)
    }
  }

  /** Closes the connection after its last statement. The server then releases every lock it holds. */
  async close(): Promise<void> {
    this.#lost = true
    await this.#last
    const late = setTimeout(() => this.cut(), this.#watch.timeout).unref()
    await this.#client.end().catch(() => {})
    clearTimeout(late)
  }

  /** Closes the connection at once; a statement that still runs fails. */
  cut(): void {
    this.#client.connection.stream.destroy()
  }
}
