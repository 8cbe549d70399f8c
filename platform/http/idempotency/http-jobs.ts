import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { cleanupJob, deletedRows, type Job } from '#platform/jobs'
import { days } from '#platform/values'

/** Deletes Idempotency-Keys and their responses once they are older than `retention` milliseconds. */
export const httpJobs = ({ db, retention = days(1) }: { db: Db; retention?: number }): readonly Job[] => [
  cleanupJob({
    name: 'http.delete-idempotency-keys',
    cron: '23 * * * *',
    deletions: [(limit) => deleteOldKeys(db, retention, limit)],
  }),
]

const deleteOldKeys = async (db: Db, retention: number, limit: number): Promise<number> =>
  deletedRows(
    await sql`
      delete from platform.idempotency where ctid = any(array(
        select ctid from platform.idempotency
        where created_at < now() - make_interval(secs => ${retention / 1000}) limit ${limit}::int
      ))
    `.execute(db),
  )
