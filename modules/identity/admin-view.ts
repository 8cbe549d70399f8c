import type { AdminUserSummary } from './account-schema.ts'
import type { User } from './user.ts'

/** Shows a user to staff. */
export const adminUserOf = ({
  id,
  email,
  email_verified_at,
  name,
  role,
  is_superadmin,
  status,
  created_at,
}: User): AdminUserSummary => ({
  id,
  email,
  email_verified: email_verified_at !== null,
  name,
  role,
  is_superadmin,
  status,
  created_at: created_at.toISOString(),
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
