import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { IdentityDb } from '../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock }>

/** How long a session stays after it expired, for the investigation of a theft. */
const retention = days(30)

/** Deletes sessions, with their refresh tokens, thirty days after they expired. */
export const deleteExpiredSessions =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(await deletion(after(now(), -retention), limit).execute(db))

const deletion = (before: Date, limit: number) => sql`
  delete from identity.sessions where id in (
    select id from identity.sessions where expires_at < ${before} order by expires_at limit ${limit}
  )`
