import type { Kysely, Transaction } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { userUpdated } from '../events.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'
import { changeProfile as decide, type Profile, type User } from '../user.ts'
import { findUser } from '../users/find-user.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock; standings: Standings }>
export type ChangingProfile =
  | Readonly<{ kind: 'changed' | 'unchanged'; user: User }>
  | Refused<'unknown-timezone' | 'no-such-user'>
export type ChangeProfile = (user_id: string, input: Partial<Profile>) => Promise<ChangingProfile>

/** Changes what a person says about himself: name, language, time zone. */
export const changeProfile =
  ({ db, now, standings }: Needs): ChangeProfile =>
  async (user_id, input) =>
    await transaction(db, async (tx) => {
      const user = await lockUser(tx, user_id)
      if (!user) return { kind: 'refused', reason: 'no-such-user' } as const
      const decided = decide(user, input)
      if (decided.kind === 'refused') return decided
      const { kind, profile } = decided
      if (kind === 'changed') {
        const updated_at = now()
        await tx
          .updateTable('identity.users')
          .set({ ...profile, updated_at })
          .where('id', '=', user_id)
          .execute()
        afterCommit(tx, standings.forget)
        await publish(tx, [userUpdated({ user_id, ...profile })])
      }
      return { kind, user: { ...user, ...profile } } as const
    })

/** Locked first, read afterwards: two changes at once are two changes, and told in their order. */
async function lockUser(tx: Transaction<IdentityTables>, id: string): Promise<User | undefined> {
  await tx.selectFrom('identity.users').select('id').where('id', '=', id).forUpdate().execute()
  return await findUser(tx, id)
}
