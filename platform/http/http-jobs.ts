import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Job } from '#platform/jobs'
import { days, minutes } from '#platform/values'

/** At once; a bigger delete would hold its locks and its snapshot for long. */
const batch = 5000

/** Forgets the answers to Idempotency-Keys once they are older than `kept` milliseconds. */
export const httpJobs = ({ db, kept = days(1) }: { db: Db; kept?: number }): readonly Job[] => [
  {
    name: 'http.forget-idempotency-keys',
    payload: Type.Object({}),
    cron: '23 * * * *',
    timeLimit: minutes(10),
    work: async (_payload, signal) => {
      while (!signal.aborted && (await forgetSome(db, kept)) === batch);
    },
  },
]

async function forgetSome(db: Db, kept: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from platform.idempotency where ctid = any(array(
      select ctid from platform.idempotency where created_at < now() - make_interval(secs => ${kept / 1000}) limit ${batch}::int
    ))
  `.execute(db)
  return Number(numAffectedRows ?? 0n)
}
