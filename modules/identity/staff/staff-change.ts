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

type ChangeDecision = Changed | Refused<'own-account' | 'superadmin-needed' | 'account-closed' | 'email-not-verified'>

/** Superadmins, the host of the shop, and no other staff change the accounts that have every permission. */
export const isSuperadmin = (actor: Actor): boolean =>
  actor.kind === 'machine' || actor.is_superadmin || actor.role === 'superadmin'

const isPowerful = (role: Role): boolean => role === 'admin' || role === 'superadmin'

/** Decides a change of role or status by staff. */
export function decideChange(
  user: Pick<User, 'id' | 'role' | 'status' | 'is_superadmin' | 'email' | 'email_verified_at'>,
  changes: Readonly<{ role?: Role | undefined; status?: 'active' | 'blocked' | undefined }>,
  actor: Actor,
): ChangeDecision {
  // Members of staff who block their own account by mistake could not repair it.
  if (actor.kind === 'user' && actor.user_id === user.id) return { kind: 'refused', reason: 'own-account' }
  if (user.status === 'merged' || user.status === 'deleted') return { kind: 'refused', reason: 'account-closed' }
  const { role = user.role, status = user.status } = changes
  const isAboutPower = isPowerful(user.role) || user.is_superadmin || isPowerful(role)
  if (isAboutPower && !isSuperadmin(actor)) return { kind: 'refused', reason: 'superadmin-needed' }
  // Another person may have registered the mailbox that staff see.
  const isUnproven = user.email !== null && user.email_verified_at === null
  if (role !== user.role && role !== 'customer' && isUnproven) return { kind: 'refused', reason: 'email-not-verified' }
  const actions: AuditAction[] = []
  if (role !== user.role) actions.push('role_changed')
  if (status !== user.status) actions.push(status === 'blocked' ? 'user_blocked' : 'user_unblocked')
  const is_superadmin = role === user.role ? user.is_superadmin : role === 'superadmin'
  return { kind: 'changed', role, status, is_superadmin, actions }
}
