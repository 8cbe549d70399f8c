import { Producer, stringSerializers, type BaseOptions } from '@platformatic/kafka'
import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'
import type { OutgoingMessage } from '../broker.ts'
import { topicOf } from './topics.ts'

/** Time for a batch, with its retries. */
const publishLimit = seconds(10)

type Needs = Readonly<{ client: BaseOptions; exchange: string; ready: () => Promise<void> }>
type KafkaMessage = Readonly<{ topic: string; key: string; value: string; headers: Readonly<Record<string, string>> }>

/** Publishes with the idempotent producer, which keeps order within a partition and waits for all replicas. */
export class Publisher {
  readonly #needs: Needs
  #producer: Producer<string, string, string, string> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** Publishes messages. Resolves when all in-sync replicas have them. */
  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    return this.send(
      messages.map(({ source, key, body, headers }) => ({
        topic: topicOf(this.#needs.exchange, source),
        key,
        value: body,
        headers,
      })),
    )
  }

  /** Sends to any topic. One batch at a time: a batch that fails must not leave a later one of its keys behind it. */
  send(messages: readonly KafkaMessage[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(messages))
    this.#last = sent.catch(() => {})
    return sent
  }

  async #send(messages: readonly KafkaMessage[]): Promise<void> {
    if (messages.length === 0) return
    const tooLate = () => new Error(`no confirmation in ${publishLimit} ms`)
    const work = async (signal: AbortSignal) => {
      await this.#needs.ready()
      signal.throwIfAborted()
      await this.#open().send({
        messages: messages.map((message) => ({ ...message, headers: { ...message.headers } })),
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

  #open(): Producer<string, string, string, string> {
    if (this.#producer) return this.#producer
    const producer = new Producer({
      ...this.#needs.client,
      idempotent: true,
      retries: 2,
      retryDelay: 250,
      serializers: stringSerializers,
    })
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
