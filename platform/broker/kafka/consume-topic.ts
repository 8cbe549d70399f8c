import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, type BaseOptions, type Message, type MessagesStream } from '@platformatic/kafka'
import { inTime } from '#platform/circuit'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { Consumption } from '../broker.ts'

const batchSize = 250
const firstPause = 200
const longestPause = seconds(5)

/** A message as Kafka delivers it. */
export type KafkaMessage = Message

type Needs = Readonly<{
  client: BaseOptions
  /** The consumer group: its members share the partitions of the topic. */
  groupId: string
  topic: string
  /** Resolves when the topics exist. */
  ready: () => Promise<void>
  log: Log
}>

/** Takes a batch. The offsets of the batch are committed when it returns, and never when it throws. */
export type TakeBatch = (batch: readonly KafkaMessage[], signal: AbortSignal) => Promise<void>

/**
 * Consumes a topic in batches, as a member of a consumer group. The offset is committed when `take` has returned. After an
 * error the consumer joins the group again and reads from the last committed offset, so messages arrive at least once.
 */
export function consumeTopic(needs: Needs, take: TakeBatch): Consumption {
  const stopped = new AbortController()
  const { signal } = stopped
  const { topic, log } = needs
  const running = (async () => {
    for (let pause = firstPause; !signal.aborted; pause = Math.min(longestPause, pause * 2)) {
      const joinedAt = performance.now()
      try {
        await needs.ready()
        await consumeUntilError({ ...needs, signal }, take)
      } catch (error) {
        if (signal.aborted) break
        if (performance.now() - joinedAt > longestPause * 2) pause = firstPause
        log[pause === firstPause ? 'warn' : 'debug']({ err: error, topic }, 'the consumer of a topic failed')
      }
      await sleep(pause, undefined, { signal }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopped.abort(new Error(`The consumer of ${topic} stops`))
      await running
    },
  }
}

type ConsumeNeeds = Needs & Readonly<{ signal: AbortSignal }>

async function consumeUntilError({ client, groupId, topic, signal }: ConsumeNeeds, take: TakeBatch): Promise<void> {
  const consumer = new Consumer({
    ...client,
    groupId,
    autocommit: false,
    sessionTimeout: seconds(10),
    heartbeatInterval: seconds(2),
    rebalanceTimeout: seconds(20),
    maxWaitTime: 500,
    minBytes: 1,
    retries: 3,
  })
  consumer.on('error', () => {})
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' })
    for await (const batch of batchesOf(stream, signal)) {
      await take(batch, signal)
      await consumer.commit({ offsets: lastOffsets(batch) })
    }
  } finally {
    await closeConsumer(consumer)
  }
}

/** The messages of a stream, as many at once as have arrived. Ends when `signal` aborts, throws when the stream fails. */
async function* batchesOf(
  stream: MessagesStream<Buffer, Buffer, Buffer, Buffer>,
  signal: AbortSignal,
): AsyncGenerator<readonly KafkaMessage[]> {
  const arrived: KafkaMessage[] = []
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

async function closeConsumer(consumer: Consumer): Promise<void> {
  const tooLate = () => new Error('Kafka does not close')
  await inTime(async () => await consumer.close(true), { timeLimit: seconds(3), tooLate }).catch(() => {})
}

/** The offset after the last message of each partition. */
function lastOffsets(batch: readonly KafkaMessage[]) {
  const last = new Map(batch.map((message) => [message.partition, message]))
  return [...last.values()].map(({ topic, partition, offset, leaderEpoch }) => ({
    topic,
    partition,
    offset: offset + 1n,
    leaderEpoch,
  }))
}
