import type { Locale } from '#platform/values'
import type { Role } from './permissions.ts'
import type { Claims } from './schema.ts'

/** The rights of a user at this moment. */
export type AccountStatus = Readonly<{
  role: Role
  permissions: readonly string[]
  is_superadmin: boolean
  locale: Locale
}>

/** A user with a session that has not ended. `sid` is its id. */
export type UserCaller = Readonly<{
  kind: 'user'
  user_id: string
  email?: string
  role: string
  permissions: readonly string[]
  sid: string
  locale: Locale
}>

/** A program with a machine token. */
export type MachineCaller = Readonly<{ kind: 'machine'; name: string; permissions: 'all' | readonly string[] }>

/** A superadmin also has a role of its own. */
export const rolesOf = ({ role, is_superadmin }: Pick<AccountStatus, 'role' | 'is_superadmin'>): string[] =>
  is_superadmin && role !== 'superadmin' ? [role, 'superadmin'] : [role]

/** The caller of an access token: the claims say which user it is, `status` says what the user may do now. */
export const userCallerOf = (
  { sub, email, sid }: Pick<Claims, 'sub' | 'email' | 'sid'>,
  { role, permissions, locale }: Pick<UserCaller, 'role' | 'permissions' | 'locale'>,
): UserCaller => ({
  kind: 'user',
  user_id: sub,
  ...(email !== undefined && { email }),
  role,
  permissions,
  sid,
  locale,
})
