import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Channel, Connection } from 'rabbitmq-client'
import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { OutgoingMessage, Topology } from '../broker.ts'
import { declare } from './declare.ts'

/** Time for the confirmation of a round. RabbitMQ confirms nothing while its memory or its disk is full. */
const confirmLimit = seconds(10)

type Needs = Readonly<{ connection: Connection; exchange: string; topology: Topology; log: Log }>

/**
 * Publishes on one channel with confirms. The messages of one key never wait for a confirmation at the same time: RabbitMQ
 * may store the second of them and lose the first when the connection breaks.
 */
export class Publisher {
  readonly #needs: Needs
  readonly #expected: ReadonlySet<string>
  readonly #reported = new Set<string>()
  #channel: Promise<Channel> | undefined
  /** The ids of the messages that the broker returned because no queue takes them. */
  readonly #returned = new Set<string>()

  constructor(needs: Needs) {
    this.#needs = needs
    this.#expected = new Set(needs.topology.queues.flatMap(({ types }) => types))
  }

  /** Publishes messages in the order of their keys. Resolves when RabbitMQ has confirmed all of them. */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const work = async (signal: AbortSignal) => {
      for (const round of roundsOf(messages)) await this.#publishRound(round, signal)
    }
    const tooLate = () => new Unavailable('RabbitMQ', { cause: new Error(`no confirmation in ${confirmLimit} ms`) })
    try {
      await inTime(work, { timeLimit: confirmLimit, tooLate })
    } catch (error) {
      this.#dropChannel()
      throw error instanceof Unavailable ? error : new Unavailable('RabbitMQ', { cause: error })
    }
  }

  async #publishRound(round: readonly OutgoingMessage[], signal: AbortSignal): Promise<void> {
    const channel = await this.#open()
    // The caller publishes again what came too late.
    signal.throwIfAborted()
    const confirmed = await Promise.allSettled(round.map((message) => channel.basicPublish(...this.#toAmqp(message))))
    // RabbitMQ returns a message before it confirms it, but the client emits the return one turn later.
    await nextTurn()
    const unrouted = round.filter(({ id }) => this.#returned.delete(id))
    for (const result of confirmed) if (result.status === 'rejected') throw result.reason
    for (const message of unrouted) this.#onUnrouted(message)
  }

  /** A type without a subscriber has no queue. For a type with one, the queue is gone and must be declared again. */
  #onUnrouted({ type }: OutgoingMessage): void {
    if (this.#expected.has(type)) throw new Unavailable(`The queue for ${type}`)
    if (this.#reported.has(type)) return
    this.#reported.add(type)
    this.#needs.log.info({ type }, 'no queue takes the events of this type')
  }

  #toAmqp({ id, type, source, headers, body }: OutgoingMessage) {
    const envelope = {
      exchange: this.#needs.exchange,
      routingKey: type,
      mandatory: true,
      durable: true,
      messageId: id,
      type,
      appId: source,
      contentType: 'application/json',
      // With an encoding the client leaves the body to this program, which checks it.
      contentEncoding: 'utf-8',
      headers: { ...headers },
    }
    return [envelope, Buffer.from(body)] as const
  }

  #open(): Promise<Channel> {
    if (this.#channel) return this.#channel
    const channel = this.#declare()
    const clear = () => {
      // A later channel may have taken its place.
      if (this.#channel === channel) this.#channel = undefined
    }
    channel.then((open) => (open.active ? open.once('close', clear) : clear()), clear)
    this.#channel = channel
    return channel
  }

  async #declare(): Promise<Channel> {
    const { connection, topology, exchange } = this.#needs
    const channel = await connection.acquire()
    channel.on('basic.return', ({ messageId }) => void (messageId && this.#returned.add(messageId)))
    await declare(channel, topology, exchange)
    await channel.confirmSelect()
    return channel
  }

  #dropChannel(): void {
    const channel = this.#channel
    this.#channel = undefined
    channel?.then((open) => open.close()).catch(() => {})
  }

  /** Closes the channel. */
  async close(): Promise<void> {
    const channel = await this.#channel?.catch(() => undefined)
    await channel?.close().catch(() => {})
  }
}

/** The first message of each key, then the second of each, and so on. */
function roundsOf(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const rounds: OutgoingMessage[][] = []
  const counts = new Map<string, number>()
  for (const message of messages) {
    const place = counts.get(message.key) ?? 0
    counts.set(message.key, place + 1)
    const round = (rounds[place] ??= [])
    round.push(message)
  }
  return rounds
}
