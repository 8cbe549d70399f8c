import { Admin, type BaseOptions } from '@platformatic/kafka'
import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Broker, Consumption, Topology } from '../broker.ts'
import { deadLetterName } from '../names.ts'
import type { KafkaSettings } from '../settings.ts'
import { consume } from './consumer.ts'
import { Publisher } from './publisher.ts'
import { countMessages, createTopics, topicOf } from './topics.ts'

type Needs = Readonly<{ settings: KafkaSettings; exchange: string; topology: Topology; log: Log }>

const probeLimit = seconds(3)

/** Kafka 3.5 or newer. It connects at the first use, and again after every loss of the connection. */
export function kafkaBroker({ settings, exchange, topology, log }: Needs): Broker {
  const client = clientOptions(settings)
  const admin = new Admin({ ...client, retries: 0, timeout: probeLimit })
  const topics = [...topology.sources, ...topology.queues.map(({ source }) => source)].map((source) =>
    topicOf(exchange, source),
  )
  let created: Promise<void> | undefined
  /** Creates missing topics once; consumers and publishers wait for it. */
  const ready = () =>
    (created ??= createTopics(admin, [...new Set(topics), deadLetterName(exchange)], settings.partitions).catch(
      (error: unknown) => {
        created = undefined
        throw new Unavailable('Kafka', { cause: error })
      },
    ))
  const publisher = new Publisher({ client, exchange, ready })
  const consumptions = new Set<Consumption>()
  return {
    kind: 'kafka',
    publish: (messages) => publisher.publish(messages),
    consume: (queue, handle) => {
      const consumption = consume({ client, exchange, ready, publisher, log }, queue, handle)
      consumptions.add(consumption)
      return consumption
    },
    probe: async () => {
      const tooLate = () => new Unavailable('Kafka')
      await inTime(() => admin.metadata({ topics: [], forceUpdate: true }), { timeLimit: probeLimit, tooLate }).catch(
        (error: unknown) => {
          throw new Unavailable('Kafka', { cause: error })
        },
      )
    },
    countDeadLetters: async () => {
      await ready()
      return await countMessages(admin, deadLetterName(exchange))
    },
    close: async () => {
      await Promise.all([...consumptions].map((consumption) => consumption.stop()))
      await publisher.close()
      await admin.close().catch(() => {})
    },
  }
}

const clientOptions = ({ bootstrapServers, tls, login }: KafkaSettings): BaseOptions => ({
  clientId: 'posad',
  bootstrapBrokers: [...bootstrapServers],
  connectTimeout: seconds(3),
  requestTimeout: seconds(10),
  ...(tls && { tls: {} }),
  ...(login && { sasl: login }),
})
