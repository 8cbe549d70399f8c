import type { Refused } from '#platform/outcome'
import type { Actor } from '../actor.ts'
import type { Role } from '../permissions.ts'
import type { AuditAction, UserStatus } from '../schema.ts'
import type { User } from '../user.ts'

type Changed = Readonly<{
  kind: 'changed'
  role: Role
  is_superadmin: boolean
  status: UserStatus
  actions: readonly AuditAction[]
}>

export type ChangeRefused = Refused<
  'own-account' | 'superadmin-needed' | 'more-permissions-needed' | 'account-closed' | 'email-not-verified'
>
type ChangeDecision = Changed | ChangeRefused

/** The member of staff who changes an account, and the permissions of each role. */
type By = Readonly<{ actor: Actor; permissionsOf: (role: Role) => readonly string[] }>

/** Superadmins, the host of the shop, and no other staff change the accounts that have every permission. */
export const isSuperadmin = (actor: Actor): boolean =>
  actor.kind === 'machine' || actor.is_superadmin || actor.role === 'superadmin'

const isPowerful = (role: Role): boolean => role === 'admin' || role === 'superadmin'

/** True when the actor has every permission of these roles. */
const hasPermissionsOf = (roles: readonly Role[], { actor, permissionsOf }: By): boolean => {
  if (actor.kind === 'machine' || isSuperadmin(actor)) return true
  const own = new Set(permissionsOf(actor.role))
  return roles.every((role) => permissionsOf(role).every((permission) => own.has(permission)))
}

/** Decides a change of role or status by staff. Staff give and take no permission that they lack themselves. */
export function decideChange(
  user: Pick<User, 'id' | 'role' | 'status' | 'is_superadmin' | 'email' | 'email_verified_at'>,
  changes: Readonly<{ role?: Role | undefined; status?: 'active' | 'blocked' | undefined }>,
  by: By,
): ChangeDecision {
  const { actor } = by
  // Members of staff who block their own account by mistake could not repair it.
  if (actor.kind === 'user' && actor.user_id === user.id) return { kind: 'refused', reason: 'own-account' }
  if (user.status === 'merged' || user.status === 'deleted') return { kind: 'refused', reason: 'account-closed' }
  const { role = user.role, status = user.status } = changes
  const isAboutPower = isPowerful(user.role) || user.is_superadmin || isPowerful(role)
  if (isAboutPower && !isSuperadmin(actor)) return { kind: 'refused', reason: 'superadmin-needed' }
  if (!hasPermissionsOf([user.role, role], by)) return { kind: 'refused', reason: 'more-permissions-needed' }
  // Another person may have registered the mailbox that staff see.
  const isUnproven = user.email !== null && user.email_verified_at === null
  if (role !== user.role && role !== 'customer' && isUnproven) return { kind: 'refused', reason: 'email-not-verified' }
  const actions: AuditAction[] = []
  if (role !== user.role) actions.push('role_changed')
  if (status !== user.status) actions.push(status === 'blocked' ? 'user_blocked' : 'user_unblocked')
  const is_superadmin = role === user.role ? user.is_superadmin : role === 'superadmin'
  return { kind: 'changed', role, status, is_superadmin, actions }
}
