import { Type } from 'typebox'
import { minutes } from '#platform/values'
import type { Job } from './job.ts'

/** Rows that one statement deletes. A larger delete would hold its locks and its snapshot for long. */
const batch = 1000

/** Deletes at most `limit` rows and returns how many it deleted. */
export type DeleteBatch = (limit: number) => Promise<number>

type Cleanup = Readonly<{
  /** `module.delete-noun`. */
  name: string
  /** Five cron fields in UTC. */
  cron: string
  /** One function per table; each is called until it deletes less than a full batch. */
  deletions: readonly DeleteBatch[]
}>

/** A job that deletes old rows in batches until none is left, the job is stopped, or ten minutes have passed. */
export const cleanupJob = ({ name, cron, deletions }: Cleanup): Job => ({
  name,
  payload: Type.Object({}),
  cron,
  timeLimit: minutes(10),
  work: async (_payload, signal) => {
    for (const deleteBatch of deletions) while (!signal.aborted && (await deleteBatch(batch)) === batch);
  },
})

/** How many rows a statement deleted, for `DeleteBatch`. */
export const deletedRows = ({ numAffectedRows }: { numAffectedRows?: bigint }): number => Number(numAffectedRows ?? 0n)
