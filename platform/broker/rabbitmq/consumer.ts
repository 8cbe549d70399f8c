import { ConsumerStatus, type AsyncMessage, type Connection } from 'rabbitmq-client'
import type { Log } from '#platform/telemetry'
import type { BatchHandler, Consumption, Queue, ReceivedMessage, Verdict } from '../broker.ts'
import { handleUntilAccepted } from '../handle-until-accepted.ts'
import { bindingsOf, queueOptions } from './declare.ts'

/** Messages that RabbitMQ sends ahead of their acknowledgement. */
const prefetched = 500
const batchSize = 250

type Needs = Readonly<{ connection: Connection; exchange: string; log: Log }>
type Delivery = Readonly<{
  message: ReceivedMessage
  resolve: (verdict: Verdict) => void
  reject: (error: unknown) => void
}>

/** Consumes a queue in batches. RabbitMQ keeps a message until the handler has accepted it. */
export function consume({ connection, exchange, log }: Needs, queue: Queue, handle: BatchHandler): Consumption {
  const stopped = new AbortController()
  const waiting: Delivery[] = []
  let working = false

  async function work(): Promise<void> {
    if (working) return
    working = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchSize)
      try {
        const messages = batch.map(({ message }) => message)
        const verdicts = await handleUntilAccepted({ handle, log, signal: stopped.signal }, messages)
        for (const [i, { resolve }] of batch.entries()) resolve(verdicts[i] ?? 'accepted')
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    working = false
  }

  const consumer = connection.createConsumer(
    {
      queue: queue.name,
      queueOptions: queueOptions(queue, exchange),
      exchanges: [{ exchange, type: 'topic', durable: true }],
      queueBindings: bindingsOf(queue, exchange),
      qos: { prefetchCount: prefetched },
    },
    async (message) => {
      const { promise, resolve, reject } = Promise.withResolvers<Verdict>()
      waiting.push({ message: toReceived(message), resolve, reject })
      void work()
      return (await promise) === 'malformed' ? ConsumerStatus.DROP : ConsumerStatus.ACK
    },
  )
  consumer.on('error', (error: unknown) => {
    if (!stopped.signal.aborted) log.warn({ err: error, queue: queue.name }, 'the consumer of a queue failed')
  })
  return {
    stop: async () => {
      // Messages that are not accepted return to the queue.
      stopped.abort(new Error(`The consumer of ${queue.name} stops`))
      await consumer.close()
    },
  }
}

/** Another program may send any body: RabbitMQ's client parses JSON that has no encoding. */
const toReceived = ({ headers = {}, body }: AsyncMessage): ReceivedMessage => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  body: Buffer.isBuffer(body) ? body.toString() : typeof body === 'string' ? body : JSON.stringify(body),
})
