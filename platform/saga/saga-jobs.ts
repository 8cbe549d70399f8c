import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Job } from '#platform/jobs'
import { days, minutes } from '#platform/values'

/** Milliseconds from the end of a saga to the deletion of its steps. */
const retention = days(90)
/** Steps that one statement reads. A larger delete would hold its locks and its snapshot for long. */
const batch = 2000

/**
 * Deletes the steps of sagas that ended long ago. The row of each instance stays: a late event finds it in its last state
 * and changes nothing. Without the row the event would be parked as `SagaNotFound`.
 */
export const sagaJobs = ({ db }: { db: Db }): readonly Job[] => [
  {
    name: 'sagas.delete-old-steps',
    payload: Type.Object({}),
    cron: '41 3 * * *',
    timeLimit: minutes(10),
    work: async (_payload, signal) => {
      for (let after: number | undefined = 0; after !== undefined && !signal.aborted;)
        after = await deleteSteps(db, after)
    },
  },
]

/**
 * Reads one batch of steps after the id `after` and deletes those of ended sagas. Ids grow nearly with time, so a run reads
 * only the rows it deletes, the steps of sagas that still run, and one batch more. Returns the id to continue from;
 * undefined when the remaining steps are too young.
 */
async function deleteSteps(db: Db, after: number): Promise<number | undefined> {
  const { rows } = await sql<{ steps: number; last: number; all_old: boolean }>`
    with page as materialized (
      select id, type, key, at < now() - ${retention} * interval '1 ms' as old from platform.saga_step
      where id > ${after} order by id limit ${batch}
    ), deleted as (
      delete from platform.saga_step where id = any(array(
        select page.id from page join platform.saga using (type, key)
        where page.old and saga.status in ('completed', 'compensated')
          and saga.last_progress_at < now() - ${retention} * interval '1 ms'))
    )
    select count(*)::int as steps, max(id) as last, bool_and(old) as all_old from page
  `.execute(db)
  const [page] = rows
  return page && page.steps === batch && page.all_old ? page.last : undefined
}
