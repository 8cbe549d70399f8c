import type { Kysely } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { Role } from '../permissions.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'
import { foldEmail } from '../user.ts'
import { findByEmail } from '../users/find-user.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock; standings: Standings }>
/** Gives the owner of an e-mail a role. Acts on access tokens already out as well. */
export type GrantRole = (
  email: string,
  role: Role,
) => Promise<Readonly<{ kind: 'granted'; user_id: string; role: Role }> | Refused<'no-such-user'>>

export const grantRole =
  ({ db, now, standings }: Needs): GrantRole =>
  async (email, role) =>
    await transaction(db, async (tx) => {
      const user = await findByEmail(tx, foldEmail(email))
      if (!user) return { kind: 'refused', reason: 'no-such-user' } as const
      await tx
        .updateTable('identity.users')
        .set({ role, is_superadmin: role === 'superadmin', updated_at: now() })
        .where('id', '=', user.id)
        .execute()
      afterCommit(tx, standings.forget)
      return { kind: 'granted', user_id: user.id, role } as const
    })
