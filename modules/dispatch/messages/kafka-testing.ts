import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Admin, Consumer, Producer } from '@platformatic/kafka'
import { testServers } from '#platform/broker/testing'
import { eventually } from '#platform/testing'
import { newId } from '#platform/values'
import { termsOf, type Contract, type Encoding } from '../contract.ts'
import type { CourseMessages } from '../index.ts'
import type { CourseProcessOptions } from './course-process.ts'
import { deadLetterTopicOf } from './kafka.ts'

/** A message that the tests read from a topic. */
type ReadMessage = Readonly<{
  key: string
  value: Buffer
  headers: Readonly<Record<string, string>>
}>

const bootstrapBrokers = (testServers.kafka ?? '').split(',')
const client = { clientId: 'delivery-system', bootstrapBrokers }

/** Reads everything that a topic gets, from its beginning. */
async function readAll(topic: string) {
  const consumer = new Consumer({ ...client, groupId: `${topic}.${newId()}`, maxWaitTime: 100 })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest' })
  const seen: ReadMessage[] = []
  stream.on('data', ({ key, value, headers }) =>
    seen.push({
      key: String(key),
      value,
      headers: Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)])),
    }),
  )
  stream.on('error', () => {})
  return { seen: seen as readonly ReadMessage[], close: () => consumer.close(true).catch(() => {}) }
}

/** The other side of the contracts, with topics of its own: it sends baskets and reads the changes of orders. */
export async function openDeliverySystem(contract: Contract, encoding: Encoding = termsOf[contract].encoding) {
  const prefix = `test-${newId().slice(-12)}`
  const messages: CourseMessages = {
    connection: { bootstrapServers: bootstrapBrokers, tls: false, login: undefined },
    consumerGroup: `${prefix}.delivery-service-group`,
    basketTopic: `${prefix}.${termsOf[contract].basketTopic}`,
    orderTopic: `${prefix}.${termsOf[contract].orderTopic}`,
    encoding,
  }
  const admin = new Admin(client)
  const deadLetters = deadLetterTopicOf(messages.basketTopic)
  await admin.createTopics({
    topics: [messages.basketTopic, messages.orderTopic, deadLetters],
    partitions: 3,
    replicas: 1,
  })
  const producer = new Producer(client)
  const readers = [] as Awaited<ReturnType<typeof readAll>>[]
  const [reports, letters] = [await readAll(messages.orderTopic), await readAll(deadLetters)]
  return {
    messages,
    reports: reports.seen,
    deadLetters: letters.seen,
    /** Reads the reports over a new connection, after the network was away. */
    reportsAgain: async () => {
      const again = await readAll(messages.orderTopic)
      readers.push(again)
      return again.seen
    },
    /** Sends messages in their order. */
    send: async (sent: readonly Readonly<{ key: string; value: Buffer | string }>[]) => {
      await producer.send({
        messages: sent.map(({ key, value }) => ({
          topic: messages.basketTopic,
          key: Buffer.from(key),
          value: Buffer.from(value),
        })),
      })
    },
    /** How many messages of the baskets the consumer group has committed. */
    committed: async (): Promise<number> => {
      const groups = [
        { groupId: messages.consumerGroup, topics: [{ name: messages.basketTopic, partitionIndexes: [0, 1, 2] }] },
      ]
      const [group] = await admin.listConsumerGroupOffsets({ groups })
      const offsets = group?.topics.flatMap(({ partitions }) =>
        partitions.map(({ committedOffset }) => committedOffset),
      )
      return (offsets ?? []).filter((offset) => offset > 0n).reduce((sum, offset) => sum + Number(offset), 0)
    },
    close: async () => {
      await Promise.all([reports, letters, ...readers].map((reader) => reader.close()))
      await producer.close().catch(() => {})
      await admin.deleteTopics({ topics: [messages.basketTopic, messages.orderTopic, deadLetters] }).catch(() => {})
      await admin.close()
    },
  }
}

/** A child process with the grid. */
export type CourseProcess = Readonly<{
  child: ChildProcess
  exited: Promise<unknown>
  kill: (signal: NodeJS.Signals) => Promise<void>
}>

const started = new Set<ChildProcess>()

/** Starts a process with the grid over a database. It kills itself where `crashAt` says. */
export function startCourse(url: string, options: CourseProcessOptions, crashAt?: string): CourseProcess {
  const program = fileURLToPath(new URL('./course-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, url, JSON.stringify(options)], {
    env: { ...(crashAt && { CRASH_AT: crashAt }) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  started.add(child)
  const exited = once(child, 'exit').finally(() => started.delete(child))
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return { child, exited, kill }
}

/** Kills the processes that a failed test has left behind. */
export function killCourses(): void {
  for (const child of started) child.kill('SIGKILL')
}

/** Waits until a process has killed itself at its crash point. */
export async function hasCrashed({ child, exited }: CourseProcess): Promise<void> {
  await Promise.race([exited, eventually(() => assert.equal(child.signalCode, 'SIGKILL'), { within: 25_000 })])
  assert.equal(child.signalCode, 'SIGKILL', 'the process passed its crash point')
}
