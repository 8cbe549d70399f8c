import { transaction } from '#platform/db'
import type { Sessions } from '../../auth/sessions.ts'
import type { IdentityDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb; sessions: Sessions }>
type LogOutInput = Readonly<{ user_id: string; session_id: string; everywhere: boolean }>
export type LogOut = (input: LogOutInput) => Promise<void>

/** Ends one session of a user, or all of them. A second call changes nothing. */
export const logOut =
  ({ db, sessions }: Needs): LogOut =>
  async ({ user_id, session_id, everywhere }) => {
    await transaction(db, async (tx) => {
      await sessions.end(tx, everywhere ? { user_id } : { user_id, only: session_id }, 'logged_out')
    })
  }
