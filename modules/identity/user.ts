import { Type } from 'typebox'
import { locales, type Locale } from '#platform/values'
import { roles, type Role } from './permissions.ts'

/** A person with an account. E-mail is absent for people who came by another way, such as Telegram. */
export type User = Readonly<{
  id: string
  email: string | null
  name: string
  locale: Locale
  timezone: string
  role: Role
  status: 'active' | 'blocked' | 'merged'
  is_superadmin: boolean
  created_at: Date
}>

/** What a person may change about himself. */
export type Profile = Readonly<{ name: string; locale: Locale; timezone: string }>

/** Where a merchant's customers live until they say otherwise. */
export const firstTimezone = 'Europe/Moscow'

/** One e-mail, one spelling: compared and stored in lower case. */
export const foldEmail = (email: string): string => email.trim().toLowerCase()

/** A name for people; no control characters or halves of characters, which the database and JSON cannot hold. */
export const NameField = Type.String({ maxLength: 100, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })
export const EmailField = Type.String({ format: 'email', maxLength: 254 })
/** Only its length is bounded here, so that a wrong one costs nothing; whether it is good is for `weaknessOf`. */
export const PasswordField = Type.String({ minLength: 1, maxLength: 1024, writeOnly: true })

export const UserView = Type.Object({
  id: Type.String({ format: 'uuid' }),
  email: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null for who signed up without' }),
  name: Type.String(),
  role: Type.Enum([...roles]),
  locale: Type.Enum([...locales]),
  timezone: Type.String({ description: 'IANA name' }),
  is_active: Type.Boolean(),
  created_at: Type.String({ format: 'date-time' }),
})

/** A user as the API shows him. */
export const viewOf = ({ id, email, name, role, locale, timezone, status, created_at }: User) => ({
  id,
  email,
  name,
  role,
  locale,
  timezone,
  is_active: status === 'active',
  created_at: created_at.toISOString(),
})

export type Changing =
  | Readonly<{ kind: 'changed' | 'unchanged'; profile: Profile }>
  | Readonly<{ kind: 'refused'; reason: 'unknown-timezone' }>

/** Decides what a profile becomes. */
export function changeProfile({ name, locale, timezone }: Profile, input: Partial<Profile>): Changing {
  const profile = {
    name: input.name?.trim() ?? name,
    locale: input.locale ?? locale,
    timezone: input.timezone ?? timezone,
  }
  if (!isTimezone(profile.timezone)) return { kind: 'refused', reason: 'unknown-timezone' }
  const same = profile.name === name && profile.locale === locale && profile.timezone === timezone
  return { kind: same ? 'unchanged' : 'changed', profile }
}

/** True for IANA names; offsets such as +03:00, which Intl would take as well, know no summer time. */
function isTimezone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}
