import type { GroupConsumer } from './group-consumer.ts'

/** What one group led by this process is doing. Counts begin when it was won. */
export type GroupMeasures = Readonly<{
  group: string
  /** Age of the oldest event read and not done, 0 when there is none. */
  lag_seconds: number
  /** Events read and not done. */
  outstanding: number
  heard: number
  duplicates: number
  failed: number
  parked: number
  dead: number
  held_keys: number
  /** Everything failed of late, so only one message at a time is tried. */
  outage: boolean
}>

export const measure = ({ name, oldest, outstanding, processor }: GroupConsumer): GroupMeasures => ({
  group: name,
  lag_seconds: oldest === undefined ? 0 : Math.max(0, (Date.now() - oldest) / 1000),
  outstanding,
  ...processor.counts,
  held_keys: processor.held.size,
  outage: processor.breaker.open,
})
