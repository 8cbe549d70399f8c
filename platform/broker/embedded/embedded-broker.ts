import { Unavailable } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import type { BatchHandler, Broker, OutgoingMessage, Queue, Topology, Verdict } from '../broker.ts'
import { handleUntilAccepted } from '../handle-until-accepted.ts'

type Needs = Readonly<{ topology: Topology; log: Log }>

/** A consumer of a queue. It takes its messages one after the other; `last` ends with the latest of them. */
type EmbeddedConsumer = {
  readonly take: (message: OutgoingMessage) => Promise<Verdict | undefined>
  last: Promise<unknown>
}
type EmbeddedQueue = Queue & Readonly<{ consumers: EmbeddedConsumer[] }>

/**
 * A broker within one process, for several services in it. It stores nothing: `publish` resolves when the consumer of every
 * queue has accepted the messages, so the end of the process loses none that is confirmed.
 */
export function embeddedBroker({ topology, log }: Needs): Broker {
  const queues = new Map(
    topology.queues.map((queue): [string, EmbeddedQueue] => [queue.name, { ...queue, consumers: [] }]),
  )
  const closed = new AbortController()
  let deadLetters = 0

  async function deliver({ name, consumers }: EmbeddedQueue, message: OutgoingMessage): Promise<void> {
    const [active] = consumers
    if (!active) throw new Unavailable(`The consumer of ${name}`)
    const delivered = active.last.then(() => active.take(message))
    active.last = delivered.catch(() => {})
    if ((await delivered) === 'malformed') deadLetters++
  }

  return {
    kind: 'embedded',
    publish: async (messages) => {
      closed.signal.throwIfAborted()
      const toQueue = async (queue: EmbeddedQueue) => {
        for (const message of messages)
          if (message.source === queue.source && queue.types.includes(message.type)) await deliver(queue, message)
      }
      await Promise.all([...queues.values()].map(toQueue))
    },
    consume: ({ name }, handle: BatchHandler) => {
      const queue = queues.get(name)
      if (!queue) throw new Error(`The topology has no queue ${name}`)
      const stopped = new AbortController()
      const needs = { handle, log, signal: AbortSignal.any([stopped.signal, closed.signal]) }
      const consumer: EmbeddedConsumer = {
        take: async ({ headers, body }) => (await handleUntilAccepted(needs, [{ headers, body }]))[0],
        last: Promise.resolve(),
      }
      queue.consumers.push(consumer)
      return {
        stop: async () => {
          queue.consumers.splice(queue.consumers.indexOf(consumer), 1)
          stopped.abort(new Unavailable(`The consumer of ${name}`))
          await consumer.last
        },
      }
    },
    probe: async () => closed.signal.throwIfAborted(),
    countDeadLetters: async () => deadLetters,
    close: async () => {
      closed.abort(new Unavailable('The broker'))
      await Promise.all([...queues.values()].flatMap(({ consumers }) => consumers.map(({ last }) => last)))
    },
  }
}
