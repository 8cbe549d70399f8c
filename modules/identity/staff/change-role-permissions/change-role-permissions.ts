import { sql } from 'kysely'
import type { Caller } from '#platform/access'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { StatusCache } from '../../auth/status-cache.ts'
import { userRoleChanged } from '../../events.ts'
import { isEditable, type Permission, type Role } from '../../permissions.ts'
import { actorOf } from '../../store/actor.ts'
import { insertAudit } from '../../store/audit.ts'
import { listPermissions } from '../../store/permissions.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { listUsersOf } from '../../store/users.ts'
import { isSuperadmin } from '../staff-change.ts'

type Needs = Readonly<{ db: IdentityDb; statusCache: StatusCache }>
type ChangeRoleInput = Readonly<{ role: Role; permissions: readonly Permission[]; caller: Caller }>
export type ChangeRoleOutcome =
  | Readonly<{ kind: 'changed'; role: Role; permissions: readonly Permission[] }>
  | Refused<'superadmin-needed' | 'role-not-editable'>
export type ChangeRolePermissions = (input: ChangeRoleInput) => Promise<ChangeRoleOutcome>

/** Replaces the permissions of a role. They act at once on access tokens that are in use, and other modules learn of each user. */
export const changeRolePermissions =
  ({ db, statusCache }: Needs): ChangeRolePermissions =>
  async ({ role, caller, ...input }) => {
    if (!isEditable(role)) return { kind: 'refused', reason: 'role-not-editable' }
    const permissions = [...new Set(input.permissions)].toSorted()
    return await transaction(db, async (tx): Promise<ChangeRoleOutcome> => {
      // Two changes at once must not leave the union of both.
      await lockRoles(tx)
      const actor = await actorOf(tx, caller)
      if (!isSuperadmin(actor)) return { kind: 'refused', reason: 'superadmin-needed' }
      const from = await listPermissions(tx, role)
      await tx.deleteFrom('identity.role_permissions').where('role', '=', role).execute()
      if (permissions.length > 0) {
        const rows = permissions.map((permission) => ({ role, permission }))
        await tx.insertInto('identity.role_permissions').values(rows).execute()
      }
      const subject = { subject_type: 'roles', subject_id: role } as const
      const details = { role, from, to: permissions }
      await insertAudit(tx, { actor, action: 'permissions_changed', ...subject, details })
      if (permissions.join() !== from.join()) {
        const users = await listUsersOf(tx, role)
        await publish(
          tx,
          users.map((user_id) => userRoleChanged({ user_id, role, permissions })),
        )
      }
      afterCommit(tx, statusCache.clear)
      return { kind: 'changed', role, permissions }
    })
  }

async function lockRoles(tx: IdentityTx): Promise<void> {
  await sql`lock table identity.role_permissions in share row exclusive mode`.execute(tx)
}
