import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Job } from '#platform/jobs'
import { days, minutes } from '#platform/values'

/** How long the steps of a saga are kept after its end, in milliseconds. */
const kept = days(90)
/** Steps looked at by one statement; a bigger delete would hold its locks and its snapshot for long. */
const batch = 2000

/**
 * The upkeep of the sagas: steps of those that ended long ago go. Their rows stay, one for each: whatever is told of such a
 * saga later finds it where it ended, and changes nothing instead of being parked as news of a stranger.
 */
export const sagaJobs = ({ db }: { db: Db }): readonly Job[] => [
  {
    name: 'sagas.forget-steps',
    payload: Type.Object({}),
    cron: '41 3 * * *',
    timeLimit: minutes(10),
    work: async (_payload, signal) => {
      for (let after: number | undefined = 0; after !== undefined && !signal.aborted;)
        after = await forgetSome(db, after)
    },
  },
]

/**
 * Walks the log of steps from its old end by id, which is nearly the order of time, so that no run looks at more than what
 * it forgets, the steps of sagas that go on, and one batch. Returns where to go on, undefined when the rest is too young.
 */
async function forgetSome(db: Db, after: number): Promise<number | undefined> {
  const { rows } = await sql<{ seen: number; last: number; all_old: boolean }>`
    with page as materialized (
      select id, type, key, at < now() - ${kept} * interval '1 ms' as old from platform.saga_step
      where id > ${after} order by id limit ${batch}
    ), gone as (
      delete from platform.saga_step where id = any(array(
        select page.id from page join platform.saga s using (type, key)
        where page.old and s.status in ('completed', 'compensated')
          and s.last_progress_at < now() - ${kept} * interval '1 ms'))
    )
    select count(*)::int as seen, max(id) as last, bool_and(old) as all_old from page
  `.execute(db)
  const [page] = rows
  return page && page.seen === batch && page.all_old ? page.last : undefined
}
