import type { Pool } from 'pg'

/** Stores the time of a runner's last heartbeat. */
export const saveHeartbeat = async (pool: Pool, id: string): Promise<void> => {
  await pool.query(
    `insert into platform.job_runner (id, seen_at) values ($1, now()) on conflict (id) do update set seen_at = now()`,
    [id],
  )
}

const unlockJobs = `
  select array_agg(id) as ids, graphile_worker.force_unlock_workers(array_agg(id)) from removed having count(*) > 0
`

/** Removes the runners without a heartbeat for `timeout` milliseconds, unlocks their jobs, and returns their ids. */
export async function removeDeadRunners(pool: Pool, timeout: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ ids: string[] }>(
    `with removed as (
       delete from platform.job_runner where seen_at < now() - $1 * interval '1 millisecond' returning id
     ) ${unlockJobs}`,
    [timeout],
  )
  return rows[0]?.ids ?? []
}

/** Removes a runner that has ended and unlocks the jobs that it did not finish. */
export const removeRunner = async (pool: Pool, id: string): Promise<void> => {
  await pool.query(
    `with deleted as (delete from platform.job_runner where id = $1), removed as (select $1::text as id) ${unlockJobs}`,
    [id],
  )
}
