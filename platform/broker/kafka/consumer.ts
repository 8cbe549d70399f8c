import type { BaseOptions } from '@platformatic/kafka'
import type { Log } from '#platform/telemetry'
import type { BatchHandler, Consumption, Queue, ReceivedMessage } from '../broker.ts'
import { handleUntilAccepted } from '../handle-until-accepted.ts'
import { deadLetterName } from '../names.ts'
import { consumeTopic, type KafkaMessage } from './consume-topic.ts'
import { headersOf, type Publisher, type TopicMessage } from './publisher.ts'
import { topicOf } from './topics.ts'

type Needs = Readonly<{
  client: BaseOptions
  exchange: string
  /** Resolves when the topics exist. */
  ready: () => Promise<void>
  publisher: Pick<Publisher, 'send'>
  log: Log
}>

/** Consumes a queue: the topic of its module, by the consumer group of its name. */
export function consume({ exchange, publisher, ...needs }: Needs, queue: Queue, handle: BatchHandler): Consumption {
  const { log } = needs
  const groupId = `${exchange}.${queue.name}`
  return consumeTopic({ ...needs, groupId, topic: topicOf(exchange, queue.source) }, async (batch, signal) => {
    const verdicts = await handleUntilAccepted({ handle, log, signal }, batch.map(toReceived))
    const malformed = batch.filter((_, i) => verdicts[i] === 'malformed')
    await publisher.send(
      malformed.map((message) => deadLetterOf(message, deadLetterName(exchange), { 'dead-letter-queue': queue.name })),
    )
  })
}

const toReceived = ({ headers, value }: KafkaMessage): ReceivedMessage => ({
  headers: Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)])),
  body: String(value ?? ''),
})

const nothing = Buffer.alloc(0)

/** The message for a topic of dead letters: as it came, with further headers. */
export const deadLetterOf = (
  { key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>,
  topic: string,
  more: Readonly<Record<string, string>>,
): TopicMessage => ({
  topic,
  key: key ?? nothing,
  value: value ?? nothing,
  headers: new Map([...headers, ...headersOf(more)]),
})
