import { ListOffsetTimestamps, type Admin } from '@platformatic/kafka'

/** The topic of a module's events. */
export const topicOf = (exchange: string, source: string): string => `${exchange}.${source}`

/** Creates the topics that do not exist, with as many replicas as the cluster sets. */
export async function createTopics(admin: Admin, topics: readonly string[], partitions: number): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter((topic) => !existing.has(topic))
  if (missing.length === 0) return
  try {
    await admin.createTopics({ topics: missing, partitions, replicas: -1 })
  } catch (error) {
    // Another process may have created them in the meantime.
    const now = new Set(await admin.listTopics())
    if (!topics.every((topic) => now.has(topic))) throw error
  }
}

/** The number of messages that a topic holds. */
export async function countMessages(admin: Admin, topic: string): Promise<number> {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
  const indexes = Array.from({ length: topics.get(topic)?.partitionsCount ?? 0 }, (_, i) => i)
  const offsetsAt = async (timestamp: bigint) => {
    const partitions = indexes.map((partitionIndex) => ({ partitionIndex, timestamp }))
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] })
    return (listed?.partitions ?? []).reduce((sum, { offset }) => sum + offset, 0n)
  }
  return Number((await offsetsAt(ListOffsetTimestamps.LATEST)) - (await offsetsAt(ListOffsetTimestamps.EARLIEST)))
}
