import type { Caller } from '#platform/access'
import type { Locale } from '#platform/values'
import type { Role } from './permissions.ts'
import type { Claims } from './schema.ts'

/** The rights of a user at this moment. */
export type AccountStatus = Readonly<{
  role: Role
  permissions: readonly string[]
  is_superadmin: boolean
  /** The user has proven a mailbox or a Telegram account. */
  is_verified: boolean
  locale: Locale
}>

/** A user with a session that has not ended. */
export type UserCaller = Extract<Caller, { kind: 'user' }>

/** The role of a user, and `superadmin` for a superadmin with another role. */
export const rolesOf = ({ role, is_superadmin }: Pick<AccountStatus, 'role' | 'is_superadmin'>): string[] =>
  is_superadmin && role !== 'superadmin' ? [role, 'superadmin'] : [role]

type Rights = Readonly<{ role: string; permissions: readonly string[]; locale: Locale; is_verified: boolean }>

/** The caller of an access token: the claims say which user it is, `status` says what the user may do now. */
export const userCallerOf = (
  { sub, email, sid }: Pick<Claims, 'sub' | 'email' | 'sid'>,
  { role, permissions, locale, is_verified }: Rights,
): UserCaller => ({
  kind: 'user',
  user_id: sub,
  ...(email !== undefined && { email }),
  is_verified,
  role,
  permissions,
  sid,
  locale,
})
