import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { Sessions } from '../../auth/sessions.ts'
import type { IdentityDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb; sessions: Sessions }>
export type EndSessionOutcome = Readonly<{ kind: 'ended' }> | NotFound
export type EndSession = (user_id: string, session_id: string) => Promise<EndSessionOutcome>

/** Ends one session of a user. A session of another user, or one that is over, is not found. */
export const endSession =
  ({ db, sessions }: Needs): EndSession =>
  async (user_id, session_id) =>
    await transaction(db, async (tx): Promise<EndSessionOutcome> => {
      const count = await sessions.end(tx, { user_id, only: session_id }, 'ended_by_owner')
      return count === 0 ? notFound('session') : { kind: 'ended' }
    })
