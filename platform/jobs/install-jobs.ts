import { runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { surviveErrors } from './survive-errors.ts'

/**
 * Brings the job queue's own schema up to date; call it with the migrations. Any number of processes may do so at once.
 */
export async function installJobs(pool: Pool): Promise<void> {
  // Connections of its own: the limits on statements and locks of the given pool do not fit migrations.
  const { options: _limits, query_timeout: _patience, ...where } = pool.options
  const own = new Pool({ ...where, min: 0, max: 2 })
  own.on('error', () => {})
  own.on('connect', surviveErrors)
  try {
    const lock = await own.connect()
    await lock.query(`select pg_advisory_lock(hashtext('posad jobs'))`)
    await runMigrations({ pgPool: own })
    // Closes the session, and with it frees the lock.
    lock.release(true)
  } finally {
    await own.end()
  }
}
