import type { Pool } from 'pg'
import type { Sample } from '#platform/telemetry'

const count = `
  select case when attempts >= max_attempts and locked_at is null then 'failed'
              when locked_at is not null then 'running'
              when run_at > now() then 'scheduled'
              else 'waiting' end as state,
         count(*)::int as value
    from graphile_worker.jobs group by 1
`
const states = ['waiting', 'scheduled', 'running', 'failed']

/** The samples of the metric of jobs by state. A `failed` job has used all its attempts. */
export const jobSamples = (pool: Pool) => async (): Promise<readonly Sample[]> => {
  const { rows } = await pool.query<{ state: string; value: number }>(count)
  return states.map((state) => ({ labels: { state }, value: rows.find((row) => row.state === state)?.value ?? 0 }))
}
