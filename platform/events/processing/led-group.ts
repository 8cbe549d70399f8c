import type { Checkpoint } from '../log/checkpoint.ts'
import type { ReadingGroup } from '../log/log-reader.ts'
import type { Counts } from './event-processor.ts'

/** A group while this process leads it. */
export type LedGroup = ReadingGroup &
  Readonly<{
    epoch: number
    /** The checkpoint of the last leader. */
    firstCheckpoint: Checkpoint
    /** Events that were read and are not done yet. */
    outstanding: number
    /** When the oldest of them may have been published, in epoch milliseconds. */
    oldestAt: number | undefined
    counts: Counts
    /** The number of keys that parked messages hold up. */
    heldKeys: number
    /** Starts to try the parked messages that are due; does not wait for them. */
    retryDue: () => void
    /** Starts nothing more; resolves when nothing is at work. */
    stop: () => Promise<void>
    /** Drops all waiting events at once, because another process leads the group. */
    abandon: () => void
  }>
