import type { Caller } from '#platform/access'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { Sessions } from '../../auth/sessions.ts'
import type { StatusCache } from '../../auth/status-cache.ts'
import { userBlocked, userRoleChanged, userUnblocked } from '../../events.ts'
import type { Role } from '../../permissions.ts'
import { actorOf } from '../../store/actor.ts'
import { insertAudit } from '../../store/audit.ts'
import { listPermissions, readRolePermissions } from '../../store/permissions.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { lockUser } from '../../store/users.ts'
import type { User } from '../../user.ts'
import { decideChange, type ChangeRefused } from '../staff-change.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; sessions: Sessions; statusCache: StatusCache }>
type ChangeUserInput = Readonly<{
  user_id: string
  changes: Readonly<{ role?: Role | undefined; status?: 'active' | 'blocked' | undefined }>
  caller: Caller
}>
export type ChangeUserOutcome = Readonly<{ kind: 'changed'; user: User }> | NotFound | ChangeRefused
export type ChangeUser = (input: ChangeUserInput) => Promise<ChangeUserOutcome>

/** Changes the role or the status of a user. Blocking ends all sessions, so that the next request is refused. */
export const changeUser =
  ({ db, now, sessions, statusCache }: Needs): ChangeUser =>
  async ({ user_id, changes, caller }) =>
    await transaction(db, async (tx): Promise<ChangeUserOutcome> => {
      const user = await lockUser(tx, user_id)
      if (!user) return notFound('user')
      const actor = await actorOf(tx, caller)
      const permissionsOf = await readRolePermissions(tx)
      const decided = decideChange(user, changes, { actor, permissionsOf })
      if (isRefusal(decided)) return decided
      const { role, status, is_superadmin, actions } = decided
      if (actions.length === 0) return { kind: 'changed', user }
      const at = now()
      const changed = { role, status, is_superadmin }
      await tx
        .updateTable('identity.users')
        .set({ ...changed, updated_at: at })
        .where('id', '=', user_id)
        .execute()
      const details = { from: { role: user.role, status: user.status }, to: { role, status } }
      const entry = { actor, subject_type: 'users', subject_id: user_id, details } as const
      for (const action of actions) await insertAudit(tx, { ...entry, action })
      if (actions.includes('user_blocked')) {
        await sessions.end(tx, { user_id }, 'blocked')
        await publish(tx, [userBlocked({ user_id })])
      }
      if (actions.includes('role_changed'))
        await publish(tx, [userRoleChanged({ user_id, role, permissions: [...(await listPermissions(tx, role))] })])
      if (actions.includes('user_unblocked')) await publish(tx, [userUnblocked({ user_id })])
      afterCommit(tx, statusCache.clear)
      return { kind: 'changed', user: { ...user, ...changed } }
    })
