import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { after, days, minutes, type Clock } from '#platform/values'
import type { IdentityTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock }>

/** How long a session stays after its end: whoever looks into a theft wants to see it. */
const kept = days(30)
const batch = 1000

/** Deletes sessions, with their refresh tokens, long after they expired. */
export const forgetSessions = ({ db, now }: Needs): Job => ({
  name: 'identity.forget-sessions',
  payload: Type.Object({}),
  cron: '20 3 * * *',
  timeLimit: minutes(5),
  work: async (_payload, signal) => {
    const before = after(now(), -kept)
    let deleted = batch
    while (deleted === batch && !signal.aborted) deleted = await forget(db, before)
  },
})

async function forget(db: Kysely<IdentityTables>, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('identity.sessions')
    .where('id', 'in', (the) =>
      the
        .selectFrom('identity.sessions')
        .select('id')
        .where('expires_at', '<', before)
        .orderBy('expires_at')
        .limit(batch),
    )
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
