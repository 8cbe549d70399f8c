import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { IdentityDb } from './store/tables.ts'

/** The identities of a merged user belong to the user that it was merged into. */
const usersWithoutIdentity = sql<{ user_id: string }>`
  select id as user_id from identity.users
  where status not in ('merged', 'deleted') and not exists (select from identity.identities where user_id = users.id)
  limit 100`

/** A deleted user who can still be found by a name or an identity. */
const namedDeletedUsers = sql<{ user_id: string }>`
  select id as user_id from identity.users
  where status = 'deleted' and (name <> '' or exists (select from identity.identities where user_id = users.id)
    or exists (select from identity.credentials where user_id = users.id))
  limit 100`

/** Two fresh tokens show that two uses of one token were both accepted. */
const sessionsWithTwoFreshTokens = sql<{ session_id: string; fresh: number }>`
  select session_id, count(*) as fresh from identity.refresh_tokens
  where used_at is null group by session_id having count(*) > 1
  limit 100`

/** The invariants of users and sessions. */
export const identityChecks = (db: IdentityDb): readonly Check[] => [
  {
    name: 'identity.every-user-has-an-identity',
    description: 'Every user who is not merged or deleted has at least one identity to sign in with.',
    violations: async () => (await usersWithoutIdentity.execute(db)).rows,
  },
  {
    name: 'identity.deleted-users-are-anonymous',
    description: 'Nothing names a user who deleted the account.',
    violations: async () => (await namedDeletedUsers.execute(db)).rows,
  },
  {
    name: 'identity.one-fresh-refresh-token',
    description: 'Every session has at most one unused refresh token.',
    violations: async () => (await sessionsWithTwoFreshTokens.execute(db)).rows,
  },
]
