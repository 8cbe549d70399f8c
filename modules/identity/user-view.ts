import type { SignedIn } from './auth/sessions.ts'
import type { SignedInView, UserView } from './schema.ts'
import type { User } from './user.ts'

/** Shows a user to the API. */
export const userViewOf = ({ email_verified_at, status, created_at, is_superadmin: _, ...user }: User): UserView => ({
  ...user,
  email_verified: email_verified_at !== null,
  is_active: status === 'active',
  created_at: created_at.toISOString(),
})

/** Shows a new session to its user. */
export const signedInViewOf = ({ user, access_token, refresh_token, expires_in }: SignedIn): SignedInView => ({
  user: userViewOf(user),
  access_token,
  refresh_token,
  expires_in,
})

type FoundIdentity = Readonly<{
  provider: 'email' | 'telegram'
  subject: string
  verified_at: Date | null
  created_at: Date
}>

/** Shows a way to sign in. */
export const identityViewOf = ({ provider, subject, verified_at, created_at }: FoundIdentity) => ({
  provider,
  subject,
  verified_at: verified_at?.toISOString() ?? null,
  created_at: created_at.toISOString(),
})
