import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock; standings: Standings }>
/** Ends one of a person's own sessions; absent when it is not there, not his, or over. */
export type EndSession = (user_id: string, session_id: string) => Promise<'ended' | 'absent'>

export const endSession =
  ({ db, now, standings }: Needs): EndSession =>
  async (user_id, only) =>
    await transaction(db, async (tx) => {
      const ended = await endSessions(tx, { user_id, only }, { reason: 'ended-by-owner', now: now(), standings })
      return ended === 0 ? 'absent' : 'ended'
    })
