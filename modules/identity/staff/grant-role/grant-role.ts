import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { GrantRoleOutcome, UsersApi } from '../../api.ts'
import type { StatusCache } from '../../auth/status-cache.ts'
import { userRoleChanged } from '../../events.ts'
import { findHolder } from '../../store/identities.ts'
import { listPermissions } from '../../store/permissions.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUserByEmail } from '../../store/users.ts'
import { foldEmail } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; statusCache: StatusCache }>

/** Gives the user with an e-mail a role. The person who typed an e-mail first need not be its owner. */
export const grantRole =
  ({ db, now, statusCache }: Needs): UsersApi['grantRole'] =>
  async (email, role) =>
    await transaction(db, async (tx): Promise<GrantRoleOutcome> => {
      const subject = foldEmail(email)
      const user = await findUserByEmail(tx, subject)
      if (!user) return notFound('user')
      const holder = await findHolder(tx, { provider: 'email', subject })
      if (role !== 'customer' && !holder?.verified_at) return { kind: 'refused', reason: 'email-not-verified' }
      await tx
        .updateTable('identity.users')
        .set({ role, is_superadmin: role === 'superadmin', updated_at: now() })
        .where('id', '=', user.id)
        .execute()
      if (user.role !== role) {
        const permissions = [...(await listPermissions(tx, role))]
        await publish(tx, [userRoleChanged({ user_id: user.id, role, permissions })])
      }
      afterCommit(tx, statusCache.clear)
      return { kind: 'granted', user_id: user.id, role }
    })
