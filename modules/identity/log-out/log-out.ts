import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock; standings: Standings }>
/** Ends the session a person is in, or everywhere all of his. Doing it twice is the same. */
export type LogOut = (person: Readonly<{ user_id: string; sid: string }>, where: 'here' | 'everywhere') => Promise<void>

export const logOut =
  ({ db, now, standings }: Needs): LogOut =>
  async ({ user_id, sid }, where) => {
    await transaction(db, async (tx) => {
      const which = where === 'here' ? { user_id, only: sid } : { user_id }
      await endSessions(tx, which, { reason: 'logged-out', now: now(), standings })
    })
  }
