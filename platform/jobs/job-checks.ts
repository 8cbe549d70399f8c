import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { Db } from '#platform/db'

/** The invariants of the job queue, for `posad check`. */
export const jobChecks = (db: Db): readonly Check[] => [
  {
    name: 'jobs.no-dead-job',
    description: 'No job has used up its attempts: its work, such as an e-mail, is not done.',
    violations: async () => {
      // A database whose jobs never ran has no queue yet.
      const { rows } = await sql<{ queue: string | null }>`select to_regclass('graphile_worker.jobs') as queue`.execute(
        db,
      )
      return rows[0]?.queue === null ? [] : (await deadJobs.execute(db)).rows
    },
  },
]

/** A job that runs its last attempt is locked. */
const deadJobs = sql<object>`
  select id, task_identifier as job, attempts, left(last_error, 200) as error, updated_at from graphile_worker.jobs
  where attempts >= max_attempts and locked_at is null order by id limit 100`
