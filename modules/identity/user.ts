import type { Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { Role } from './permissions.ts'
import type { UserStatus, Provider } from './schema.ts'

/** A person with an account. `email` is null for users of other identities, such as Telegram. */
export type User = Readonly<{
  id: string
  email: string | null
  /** Null until the user has shown that the mailbox is hers. */
  email_verified_at: Date | null
  name: string
  locale: Locale
  timezone: string
  role: Role
  status: UserStatus
  is_superadmin: boolean
  created_at: Date
}>

/** The part of an account that its user may change. */
export type Profile = Pick<User, 'name' | 'locale' | 'timezone'>

/** The timezone of a new user. */
export const defaultTimezone = 'Europe/Moscow'

/** E-mails are stored and compared in lower case. */
export const foldEmail = (email: string): string => email.trim().toLowerCase()

type ProfileDecision = Readonly<{ kind: 'changed' | 'unchanged'; profile: Profile }> | Refused<'unknown-timezone'>

/** Decides the profile that follows from `changes`. */
export function decideProfile({ name, locale, timezone }: Profile, changes: Partial<Profile>): ProfileDecision {
  const profile = {
    name: changes.name?.trim() ?? name,
    locale: changes.locale ?? locale,
    timezone: changes.timezone ?? timezone,
  }
  if (!isTimezone(profile.timezone)) return { kind: 'refused', reason: 'unknown-timezone' }
  const isSame = profile.name === name && profile.locale === locale && profile.timezone === timezone
  return { kind: isSame ? 'unchanged' : 'changed', profile }
}

/** True for IANA names. Intl accepts offsets such as +03:00 too, but an offset knows no summer time. */
function isTimezone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

/** A way to sign in. */
export type IdentityKey = Readonly<{ provider: Provider; subject: string }>
