import type { LedGroup } from './led-group.ts'

/** The state of a group that this process leads. Counts start when it becomes the leader. */
export type GroupMeasures = Readonly<{
  group: string
  /** Age of the oldest event that was read and is not handled; 0 when there is none. */
  lag_seconds: number
  /** Events that were read and are not handled. */
  outstanding: number
  handled: number
  duplicates: number
  failed: number
  parked: number
  dead: number
  held_keys: number
}>

export const measure = ({ name, oldestAt, outstanding, counts, heldKeys }: LedGroup): GroupMeasures => ({
  group: name,
  lag_seconds: oldestAt === undefined ? 0 : Math.max(0, (Date.now() - oldestAt) / 1000),
  outstanding,
  ...counts,
  held_keys: heldKeys,
})
