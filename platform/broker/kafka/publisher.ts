import { Producer, type BaseOptions } from '@platformatic/kafka'
import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'

/** Time for a batch, with its retries. */
const publishLimit = seconds(10)

type Needs = Readonly<{
  client: BaseOptions
  /** Resolves when the topics exist. */
  ready: () => Promise<void>
}>

/** A message for a topic. Kafka keeps the order of the messages of one key. */
export type TopicMessage = Readonly<{
  topic: string
  key: Buffer
  value: Buffer
  headers: ReadonlyMap<Buffer, Buffer>
}>

/** The headers of a message as Kafka carries them. */
export const headersOf = (headers: Readonly<Record<string, string>>): ReadonlyMap<Buffer, Buffer> =>
  new Map(Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]))

/** Publishes with the idempotent producer, which keeps order within a partition and waits for all replicas. */
export class Publisher {
  readonly #needs: Needs
  #producer: Producer | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /**
   * Publishes messages. Resolves when all in-sync replicas have them; throws `Unavailable` otherwise. One batch at a time: a
   * batch that fails must not leave a later one of its keys behind it.
   */
  send(messages: readonly TopicMessage[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(messages))
    this.#last = sent.catch(() => {})
    return sent
  }

  async #send(messages: readonly TopicMessage[]): Promise<void> {
    if (messages.length === 0) return
    const tooLate = () => new Error(`no confirmation in ${publishLimit} ms`)
    const work = async (signal: AbortSignal) => {
      await this.#needs.ready()
      signal.throwIfAborted()
      await this.#open().send({
        messages: messages.map((message) => ({ ...message, headers: new Map(message.headers) })),
      })
    }
    try {
      await inTime(work, { timeLimit: publishLimit, tooLate })
    } catch (error) {
      // After a failure the numbers of the producer and of Kafka may differ: a new producer starts from zero.
      await this.close()
      throw error instanceof Unavailable ? error : new Unavailable('Kafka', { cause: error })
    }
  }

  #open(): Producer {
    if (this.#producer) return this.#producer
    const producer = new Producer({ ...this.#needs.client, idempotent: true, retries: 2, retryDelay: 250 })
    producer.on('error', () => {})
    this.#producer = producer
    return producer
  }

  /** Closes the producer. */
  async close(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    const tooLate = () => new Error('Kafka does not close')
    await inTime(async () => await producer?.close(true), { timeLimit: seconds(2), tooLate }).catch(() => {})
  }
}
