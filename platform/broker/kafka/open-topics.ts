import { Admin } from '@platformatic/kafka'
import { Unavailable } from '#platform/outcome'
import { seconds } from '#platform/values'
import type { KafkaConnection } from '../kafka-settings.ts'
import { clientOptions } from './client-options.ts'
import { createTopics } from './topics.ts'

/** Milliseconds in which the cluster answers a question about itself. */
export const adminLimit = seconds(3)

type Needs = Readonly<{
  connection: KafkaConnection
  topics: readonly string[]
  /** The partitions of a topic that is created; -1 takes the default of the cluster. */
  partitions: number
}>

/**
 * The options of a cluster's clients and its topics. `ready` creates the missing topics once, and throws `Unavailable` until
 * all exist.
 */
export function openTopics({ connection, topics, partitions }: Needs) {
  const client = clientOptions(connection)
  const admin = new Admin({ ...client, retries: 0, timeout: adminLimit })
  let created: Promise<void> | undefined
  const ready = () =>
    (created ??= createTopics(admin, [...new Set(topics)], partitions).catch((error: unknown) => {
      created = undefined
      throw new Unavailable('Kafka', { cause: error })
    }))
  return { client, admin, ready }
}
