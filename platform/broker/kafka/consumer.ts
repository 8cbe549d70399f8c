import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, stringDeserializers, type BaseOptions, type Message, type MessagesStream } from '@platformatic/kafka'
import { inTime } from '#platform/circuit'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { BatchHandler, Consumption, Queue, ReceivedMessage } from '../broker.ts'
import { handleUntilAccepted } from '../handle-until-accepted.ts'
import { deadLetterName } from '../names.ts'
import type { Publisher } from './publisher.ts'
import { topicOf } from './topics.ts'

const batchSize = 250
const firstPause = 200
const longestPause = seconds(5)

type Needs = Readonly<{
  client: BaseOptions
  exchange: string
  /** Resolves when the topics exist. */
  ready: () => Promise<void>
  publisher: Pick<Publisher, 'send'>
  log: Log
}>
type TextConsumer = Consumer<string, string, string, string>
type TextStream = MessagesStream<string, string, string, string>
type TextMessage = Message<string, string, string, string>

/**
 * Consumes the topic of a module in batches, as a member of a consumer group. The offset is committed when the handler has
 * accepted the batch. After an error it joins the group again and reads from the last committed offset.
 */
export function consume(needs: Needs, queue: Queue, handle: BatchHandler): Consumption {
  const stopped = new AbortController()
  const { signal } = stopped
  const running = (async () => {
    for (let pause = firstPause; !signal.aborted; pause = Math.min(longestPause, pause * 2)) {
      const joinedAt = performance.now()
      try {
        await needs.ready()
        await consumeUntilError({ ...needs, signal }, queue, handle)
      } catch (error) {
        if (signal.aborted) break
        if (performance.now() - joinedAt > longestPause * 2) pause = firstPause
        needs.log[pause === firstPause ? 'warn' : 'debug'](
          { err: error, queue: queue.name },
          'the consumer of a topic failed',
        )
      }
      await sleep(pause, undefined, { signal }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopped.abort(new Error(`The consumer of ${queue.name} stops`))
      await running
    },
  }
}

type Running = Needs & Readonly<{ signal: AbortSignal }>

async function consumeUntilError({ signal, ...needs }: Running, queue: Queue, handle: BatchHandler): Promise<void> {
  const { client, exchange, log } = needs
  const consumer: TextConsumer = new Consumer({
    ...client,
    groupId: `${exchange}.${queue.name}`,
    autocommit: false,
    sessionTimeout: seconds(10),
    heartbeatInterval: seconds(2),
    rebalanceTimeout: seconds(20),
    maxWaitTime: 500,
    minBytes: 1,
    retries: 3,
    deserializers: stringDeserializers,
  })
  consumer.on('error', () => {})
  const close = () => closeConsumer(consumer)
  try {
    const topic = topicOf(exchange, queue.source)
    const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' })
    for await (const batch of batchesOf(stream, signal)) {
      const verdicts = await handleUntilAccepted({ handle, log, signal }, batch.map(toReceived))
      const malformed = batch.filter((_, i) => verdicts[i] === 'malformed')
      await needs.publisher.send(malformed.map((message) => toDeadLetter(message, queue, exchange)))
      await consumer.commit({ offsets: lastOffsets(batch) })
    }
  } finally {
    await close()
  }
}

/** The messages of a stream, as many at once as have arrived. Ends when `signal` aborts, throws when the stream fails. */
async function* batchesOf(stream: TextStream, signal: AbortSignal): AsyncGenerator<readonly TextMessage[]> {
  const arrived: TextMessage[] = []
  let wake = () => {}
  let failure: { error: unknown } | undefined
  stream.on('data', (message) => {
    arrived.push(message)
    if (arrived.length >= batchSize) stream.pause()
    wake()
  })
  stream.on('error', (error) => {
    failure = { error }
    wake()
  })
  stream.on('close', () => {
    failure ??= { error: new Error('Kafka closed the stream') }
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      if (arrived.length > 0) {
        yield arrived.splice(0, batchSize)
        if (stream.isPaused()) stream.resume()
        continue
      }
      if (failure) throw failure.error
      await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function closeConsumer(consumer: TextConsumer): Promise<void> {
  const tooLate = () => new Error('Kafka does not close')
  await inTime(async () => await consumer.close(true), { timeLimit: seconds(3), tooLate }).catch(() => {})
}

/** The offset of the last message of each partition. */
function lastOffsets(batch: readonly TextMessage[]) {
  const last = new Map(batch.map((message) => [message.partition, message]))
  return [...last.values()].map(({ topic, partition, offset, leaderEpoch }) => ({
    topic,
    partition,
    offset: offset + 1n,
    leaderEpoch,
  }))
}

const toReceived = ({ headers, value }: TextMessage): ReceivedMessage => ({
  headers: Object.fromEntries(headers),
  body: value ?? '',
})

const toDeadLetter = ({ key, value, headers }: TextMessage, { name }: Queue, exchange: string) => ({
  topic: deadLetterName(exchange),
  key: key ?? '',
  value: value ?? '',
  headers: { ...Object.fromEntries(headers), 'dead-letter-queue': name },
})
