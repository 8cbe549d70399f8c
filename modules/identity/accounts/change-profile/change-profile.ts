import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { StatusCache } from '../../auth/status-cache.ts'
import { userUpdated } from '../../events.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'
import { decideProfile, type Profile, type User } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; statusCache: StatusCache }>
export type ChangeProfileOutcome =
  | Readonly<{ kind: 'changed' | 'unchanged'; user: User }>
  | Refused<'unknown-timezone'>
  | NotFound
export type ChangeProfile = (user_id: string, changes: Partial<Profile>) => Promise<ChangeProfileOutcome>

/** Changes the name, the language or the time zone of a user. */
export const changeProfile =
  ({ db, now, statusCache }: Needs): ChangeProfile =>
  async (user_id, changes) =>
    await transaction(db, async (tx): Promise<ChangeProfileOutcome> => {
      const user = await lockUser(tx, user_id)
      if (!user) return notFound('user')
      const decided = decideProfile(user, changes)
      if (isRefusal(decided)) return decided
      const { kind, profile } = decided
      if (kind === 'changed') {
        await updateProfile(tx, user_id, { ...profile, updated_at: now() })
        afterCommit(tx, statusCache.clear)
        await publish(tx, [userUpdated({ user_id, ...profile })])
      }
      return { kind, user: { ...user, ...profile } }
    })

async function updateProfile(tx: IdentityTx, id: string, profile: Profile & { updated_at: Date }): Promise<void> {
  await tx.updateTable('identity.users').set(profile).where('id', '=', id).execute()
}
