import type { Pool } from 'pg'

/** Says that the runner lives. */
export const beat = async (pool: Pool, id: string): Promise<void> => {
  await pool.query(
    `insert into platform.job_runner (id, seen_at) values ($1, now()) on conflict (id) do update set seen_at = now()`,
    [id],
  )
}

const release = `
  select array_agg(id) as ids, graphile_worker.force_unlock_workers(array_agg(id)) from gone having count(*) > 0
`

/** Frees what runners had locked that have been silent for so many milliseconds, and returns those runners. */
export async function freeLocksOfTheLost(pool: Pool, silence: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ ids: string[] }>(
    `with gone as (
       delete from platform.job_runner where seen_at < now() - $1 * interval '1 millisecond' returning id
     ) ${release}`,
    [silence],
  )
  return rows[0]?.ids ?? []
}

/** Signs a runner off that has ended, and frees what it could not finish. */
export const retire = async (pool: Pool, id: string): Promise<void> => {
  await pool.query(
    `with signed_off as (delete from platform.job_runner where id = $1), gone as (select $1::text as id) ${release}`,
    [id],
  )
}
