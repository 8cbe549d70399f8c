import { sql } from 'kysely'
import type { Static, TObject } from 'typebox'
import type { AnyTx } from '#platform/db'
import type { Job } from './job.ts'
import { assertFits, withStoredContext } from './payload.ts'

/** The payload of a job and the time of its first attempt. */
type Enqueued<Payload extends TObject> = Readonly<{
  payload: Static<Payload>
  /** The job runs at once when this is absent. */
  runAt?: Date
  /** A new job replaces a waiting job with the same key. A running one finishes, but is not tried again. */
  key?: string
  /** Attempts before the job fails for good; 25 when absent, which takes three days. */
  attempts?: number
}>

/** Enqueues a job in the caller's transaction. Throws `TypeError` when the payload does not fit the job's schema. */
export async function enqueue<Payload extends TObject>(
  tx: AnyTx,
  job: Job<Payload>,
  enqueued: Enqueued<Payload>,
): Promise<void> {
  const { payload, runAt, key, attempts } = enqueued
  assertFits(job, payload)
  await sql`
    select from graphile_worker.add_job(
      ${job.name}, ${JSON.stringify(withStoredContext(payload))}::json,
      run_at => ${runAt ?? null}::timestamptz, job_key => ${key ?? null}, max_attempts => ${attempts ?? null}::int)
  `.execute(tx)
}
