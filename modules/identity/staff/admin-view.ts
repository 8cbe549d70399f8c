import type { User } from '../user.ts'
import type { AdminUserSummary } from './schema.ts'

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
