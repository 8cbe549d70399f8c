import { sql } from 'kysely'
import type { Static, TObject } from 'typebox'
import type { AnyTx } from '#platform/db'
import type { Job } from './job.ts'
import { assertFits, withStoredContext } from './payload.ts'

/** What to do, and when. */
type Order<Payload extends TObject> = Readonly<{
  payload: Static<Payload>
  /** At once when absent. */
  runAt?: Date
  /** Of all that wait under one key only the last counts; one already being worked on is finished, but not tried again. */
  key?: string
  /** Tries, the first included, before an operator has to look; 25 when absent, which takes three days. */
  attempts?: number
}>

/** Puts a job into the queue in the transaction that wants it done. Throws on a payload that does not fit its schema. */
export async function enqueue<Payload extends TObject>(
  tx: AnyTx,
  job: Job<Payload>,
  order: Order<Payload>,
): Promise<void> {
  const { payload, runAt, key, attempts } = order
  assertFits(job, payload)
  await sql`
    select from graphile_worker.add_job(
      ${job.name}, ${JSON.stringify(withStoredContext(payload))}::json,
      run_at => ${runAt ?? null}::timestamptz, job_key => ${key ?? null}, max_attempts => ${attempts ?? null}::int)
  `.execute(tx)
}
