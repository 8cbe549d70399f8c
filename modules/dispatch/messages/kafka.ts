import type { KafkaConnection } from '#platform/broker'
import type * as kafkaLibrary from '#platform/broker/kafka'
import type { Background } from '#platform/module'
import { Unavailable } from '#platform/outcome'
import type { Log, Metric } from '#platform/telemetry'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import type { MessageOutcome, ReceivedMessage, TakeMessages } from '../course/take-messages/take-messages.ts'
import type { ReportedMessage } from '../course/report-orders/report-orders.ts'

type Library = typeof kafkaLibrary
type KafkaMessage = kafkaLibrary.KafkaMessage

/** Where the Delivery system sends baskets and expects the changes of orders. */
export type CourseKafkaSettings = Readonly<{
  connection: KafkaConnection
  consumerGroup: string
  basketTopic: string
  orderTopic: string
}>

type Needs = Readonly<{
  settings: CourseKafkaSettings
  now: Clock
  take: TakeMessages
  /** Runs before the first message is taken. */
  onStart: () => Promise<unknown>
}>

/** The dead letters of the topic of baskets. */
export const deadLetterTopicOf = (basketTopic: string): string => `${basketTopic}.dead-letters`

/**
 * The topics of the Delivery system. `send` opens the connection at its first call; `background` consumes the baskets and
 * closes the connection at its end.
 */
export function courseKafka({ settings, now, take, onStart }: Needs) {
  const counts: Record<MessageOutcome['kind'], number> = { known: 0, unknown: 0, malformed: 0 }
  let opened: Promise<Opened> | undefined
  let isClosed = false
  const open = async () => {
    if (isClosed) throw new Unavailable('Kafka')
    return await (opened ??= openKafka(settings))
  }
  const background: Background = {
    name: 'course-messages',
    start: async (log) => {
      const kafka = await open()
      await onStart()
      const consumption = consume({ kafka, settings, now, take, counts, log })
      return async () => {
        isClosed = true
        await consumption.stop()
        await kafka.close()
      }
    },
  }
  return {
    background,
    send: async (messages: readonly ReportedMessage[]): Promise<void> => {
      const { publisher, headersOf } = await open()
      await publisher.send(
        messages.map(({ key, value, headers }) => ({
          topic: settings.orderTopic,
          key: Buffer.from(key),
          value,
          headers: headersOf(headers),
        })),
      )
      crashPoint('after-report.before-checkpoint')
    },
    metric: messagesMetric(counts),
  }
}

type Opened = Awaited<ReturnType<typeof openKafka>>

/** The client library loads here, so a shop without the Delivery system needs no memory for it. */
async function openKafka({ connection, basketTopic, orderTopic }: CourseKafkaSettings) {
  const library: Library = await import('#platform/broker/kafka')
  const topics = [basketTopic, orderTopic, deadLetterTopicOf(basketTopic)]
  // Both systems may start first; whichever does creates the topics as the cluster sets them.
  const { client, admin, ready } = library.openTopics({ connection, topics, partitions: -1 })
  const publisher = new library.Publisher({ client, ready })
  return {
    library,
    client,
    ready,
    publisher,
    headersOf: library.headersOf,
    close: async () => {
      await publisher.close()
      await admin.close().catch(() => {})
    },
  }
}

type ConsumeNeeds = Omit<Needs, 'onStart'> &
  Readonly<{ kafka: Opened; counts: Record<MessageOutcome['kind'], number>; log: Log }>

function consume({ kafka, settings, now, take, counts, log }: ConsumeNeeds) {
  const { library, client, ready, publisher } = kafka
  const { basketTopic: topic, consumerGroup: groupId } = settings
  const handle = (messages: readonly KafkaMessage[]) => take(messages.map((message) => receivedOf(message, now)))
  return library.consumeTopic({ client, ready, topic, groupId, log }, async (batch, signal) => {
    const outcomes = await library.handleUntilAccepted({ handle, log, signal }, batch)
    for (const { kind } of outcomes) counts[kind]++
    crashPoint('after-take.before-offset')
    const letters = batch.flatMap((message, i) => {
      const outcome = outcomes[i]
      return outcome?.kind === 'malformed' ? [deadLetter(message, outcome.issue, library)] : []
    })
    if (letters.length > 0) log.warn({ topic, messages: letters.length }, 'malformed messages go to the dead letters')
    await publisher.send(letters)
  })
}

function deadLetter(message: KafkaMessage, issue: string, library: Library) {
  const { topic, partition, offset } = message
  return library.deadLetterOf(message, deadLetterTopicOf(topic), {
    'dead-letter-reason': issue,
    'dead-letter-topic': topic,
    'dead-letter-partition': String(partition),
    'dead-letter-offset': String(offset),
  })
}

const receivedOf = (
  { topic, partition, offset, timestamp, headers, value }: KafkaMessage,
  now: Clock,
): ReceivedMessage => ({
  bytes: value ?? Buffer.alloc(0),
  headers: Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)])),
  place: `${topic}/${partition}/${offset}`,
  // Old producers send no timestamp.
  at: timestamp > 0n ? new Date(Number(timestamp)) : now(),
})

const messagesMetric = (counts: Readonly<Record<MessageOutcome['kind'], number>>): Metric => ({
  name: 'dispatch_messages_total',
  help: 'Messages of the Delivery system that this process took, by outcome',
  kind: 'counter',
  labels: ['outcome'],
  read: () => Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
})
