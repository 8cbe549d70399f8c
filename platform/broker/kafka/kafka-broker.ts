import { inTime } from '#platform/circuit'
import { Unavailable } from '#platform/outcome'
import type { Log } from '#platform/telemetry'
import type { Broker, Consumption, OutgoingMessage, Topology } from '../broker.ts'
import { deadLetterName } from '../names.ts'
import type { KafkaSettings } from '../settings.ts'
import { consume } from './consumer.ts'
import { adminLimit, openTopics } from './open-topics.ts'
import { headersOf, Publisher, type TopicMessage } from './publisher.ts'
import { countMessages, topicOf } from './topics.ts'

type Needs = Readonly<{ settings: KafkaSettings; exchange: string; topology: Topology; log: Log }>

/** Kafka 3.5 or newer. It connects at the first use, and again after every loss of the connection. */
export function kafkaBroker({ settings, exchange, topology, log }: Needs): Broker {
  const sources = [...topology.sources, ...topology.queues.map(({ source }) => source)]
  const { client, admin, ready } = openTopics({
    connection: settings,
    topics: [...sources.map((source) => topicOf(exchange, source)), deadLetterName(exchange)],
    partitions: settings.partitions,
  })
  const publisher = new Publisher({ client, ready })
  const consumptions = new Set<Consumption>()
  return {
    kind: 'kafka',
    publish: (messages) => publisher.send(messages.map((message) => toTopicMessage(message, exchange))),
    consume: (queue, handle) => {
      const consumption = consume({ client, exchange, ready, publisher, log }, queue, handle)
      consumptions.add(consumption)
      return consumption
    },
    probe: async () => {
      const tooLate = () => new Unavailable('Kafka')
      await inTime(() => admin.metadata({ topics: [], forceUpdate: true }), { timeLimit: adminLimit, tooLate }).catch(
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

const toTopicMessage = ({ source, key, body, headers }: OutgoingMessage, exchange: string): TopicMessage => ({
  topic: topicOf(exchange, source),
  key: Buffer.from(key),
  value: Buffer.from(body),
  headers: headersOf(headers),
})
