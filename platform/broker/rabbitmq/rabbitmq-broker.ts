import { Connection } from 'rabbitmq-client'
import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Broker, Consumption, Topology } from '../broker.ts'
import { deadLetterName } from '../names.ts'
import { consume } from './consumer.ts'
import { Publisher } from './publisher.ts'

type Needs = Readonly<{ url: string; exchange: string; topology: Topology; log: Log }>

/** RabbitMQ 3.10 or newer. It connects by itself, also after every loss of the connection. */
export function rabbitmqBroker({ url, exchange, topology, log }: Needs): Broker {
  const connection = new Connection({
    url,
    connectionName: 'posad',
    heartbeat: 10,
    noDelay: true,
    connectionTimeout: seconds(5),
    acquireTimeout: seconds(5),
    retryLow: 100,
    retryHigh: seconds(3),
  })
  let isReachable = true
  connection.on('error', (error: unknown) => {
    if (isReachable) log.warn({ err: error }, 'lost the connection to RabbitMQ')
    isReachable = false
  })
  connection.on('connection', () => {
    if (!isReachable) log.info({}, 'connected to RabbitMQ again')
    isReachable = true
  })
  const publisher = new Publisher({ connection, exchange, topology, log })
  const consumptions = new Set<Consumption>()
  const probe = async () => {
    if (!connection.ready) await connection.onConnect(seconds(2), true).catch(unavailable)
  }
  return {
    kind: 'rabbitmq',
    publish: (messages) => publisher.publish(messages),
    consume: (queue, handle) => {
      const consumption = consume({ connection, exchange, log }, queue, handle)
      consumptions.add(consumption)
      return consumption
    },
    probe,
    countDeadLetters: async () => {
      await probe()
      const channel = await connection.acquire({ emitErrorsFromChannel: true })
      // Without a listener the error would end the process.
      channel.on('error', () => {})
      try {
        const { messageCount } = await channel.queueDeclare({ queue: deadLetterName(exchange), passive: true })
        return messageCount
      } catch (error) {
        if ((error as { code?: unknown }).code === 'NOT_FOUND') return 0
        throw error
      } finally {
        await channel.close().catch(() => {})
      }
    },
    close: async () => {
      await Promise.all([...consumptions].map((consumption) => consumption.stop().catch(() => {})))
      await publisher.close()
      const tooLate = () => new Error('RabbitMQ does not close')
      await inTime(() => connection.close(), { timeLimit: seconds(2), tooLate }).catch(() => connection.unsafeDestroy())
    },
  }
}

const unavailable = (cause: unknown): never => {
  throw new Unavailable('RabbitMQ', { cause })
}
