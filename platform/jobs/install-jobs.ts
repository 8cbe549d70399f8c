import { runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { surviveErrors } from './survive-errors.ts'

/** Returns the jobs that ran in a restored database to the queue: their runners are gone. */
export const restoredJobs: readonly string[] = [
  'update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null',
  'update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_at is not null',
]

/** Migrates the schema of the job queue. Call it with the migrations. Processes that do so at once wait for each other. */
export async function installJobs(pool: Pool): Promise<void> {
  // Separate connections: the pool's timeouts for statements and locks are too short for migrations.
  const { options: _limits, query_timeout: _timeout, ...address } = pool.options
  const unlimited = new Pool({ ...address, min: 0, max: 2 })
  unlimited.on('error', () => {})
  unlimited.on('connect', surviveErrors)
  try {
    const lock = await unlimited.connect()
    await lock.query(`select pg_advisory_lock(hashtext('posad jobs'))`)
    await runMigrations({ pgPool: unlimited })
    // The end of the session releases the lock.
    lock.release(true)
  } finally {
    await unlimited.end()
  }
}
