import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { OrderingDb } from '../store.ts'

/** Milliseconds from the last change of a draft to its deletion: it names a person. */
const retention = days(30)

type Needs = Readonly<{ db: OrderingDb; now: Clock }>

/** Deletes drafts that were not changed for a month, placed or not. An order of a draft stays. */
export const deleteOldDrafts =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`
        delete from ordering.drafts where id = any(array(
          select id from ordering.drafts where updated_at < ${after(now(), -retention)} order by updated_at limit ${limit}))
      `.execute(db),
    )
