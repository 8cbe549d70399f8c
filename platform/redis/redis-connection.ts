import { createClient } from '@redis/client'
import { Circuit } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'

/** Milliseconds for one call of a cache: a slower Redis costs more time than it saves. */
const usualTimeLimit = 50
const maxReconnectPause = seconds(2)

type Options = Readonly<{
  url: string
  /** The name by which Redis lists the connection. */
  name: string
  /** The effect of an absence, for the line that reports it: `every read goes to the database`. */
  meanwhile: string
  /** Receives a line for people when Redis goes away and when it comes back. */
  report: (line: string) => void
  /** Milliseconds for one call; 50 when absent. */
  timeLimit?: number
}>

const openClient = ({ url, name }: Pick<Options, 'url' | 'name'>) =>
  createClient({
    url,
    name,
    // Without a connection a call fails at once instead of waiting for the next one.
    disableOfflineQueue: true,
    // A host that vanished answers no ping, and the silent socket is replaced.
    pingInterval: seconds(5),
    socket: {
      connectTimeout: seconds(2),
      socketTimeout: seconds(15),
      reconnectStrategy: (retries) => Math.min(maxReconnectPause, 50 * 2 ** retries),
    },
  })

/** The commands of a client whose server is known: `runId` is different after every start of Redis. */
export type Commands = Readonly<{ client: ReturnType<typeof openClient>; runId: string }>

/**
 * A connection to Redis that fails fast: a call takes at most its time limit, and after five failures in a row calls are refused
 * with `Unavailable` at once while one probe at a time looks for an answer. It reconnects by itself.
 */
export class RedisConnection {
  readonly #client: ReturnType<typeof openClient>
  readonly #circuit: Circuit
  #runId: Promise<string> | undefined

  constructor({ url, name, meanwhile, report, timeLimit = usualTimeLimit }: Options) {
    this.#circuit = new Circuit('Redis', { timeLimit, isTraced: false })
    this.#client = openClient({ url, name })
    let isAway = false
    this.#client.on('ready', () => {
      this.#runId = undefined
      if (isAway) report('Redis answers again')
      isAway = false
    })
    // Every failed attempt to connect comes here.
    this.#client.on('error', (error: Error) => {
      if (!isAway) report(`Redis does not answer (${error.message}): until it does, ${meanwhile}`)
      isAway = true
    })
    this.#client.connect().catch(() => {}) // the first attempt is repeated like every later one
  }

  /** Runs commands within the time limit; throws `Unavailable` when Redis does not answer. */
  run<Result>(work: (commands: Commands) => Promise<Result>): Promise<Result> {
    return this.#circuit.run(async () => {
      try {
        return await work({ client: this.#client, runId: await this.#findRunId() })
      } catch (error) {
        throw new Unavailable('Redis', { cause: error })
      }
    })
  }

  /** Resolves when Redis answers, whatever the circuit says. */
  ping = async (): Promise<void> => void (await this.#client.ping())

  close(): void {
    this.#client.destroy()
  }

  /** Read once for each connection. */
  #findRunId(): Promise<string> {
    if (!this.#runId) {
      const reading = this.#client.info('server').then(runIdOf)
      this.#runId = reading
      reading.catch(() => {
        if (this.#runId === reading) this.#runId = undefined
      })
    }
    return this.#runId
  }
}

function runIdOf(info: string): string {
  const [, runId] = /^run_id:(\S+)/m.exec(info) ?? []
  if (runId === undefined) throw new Error('INFO of Redis has no run_id')
  return runId
}
