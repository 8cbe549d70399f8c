import { sql, type Kysely } from 'kysely'
import type { Check } from '#platform/module'
import type { IdentityTables } from './tables.ts'

/** A user nobody can ever sign in as is lost. Merged ones gave their identities away. */
const usersWithoutIdentity = sql<{ user_id: string }>`
  select id as user_id from identity.users
  where status <> 'merged' and not exists (select from identity.identities where user_id = users.id)
  limit 100`

/** Two fresh tokens in a family mean that two uses of one token both won. */
const forkedFamilies = sql<{ family_id: string; fresh: number }>`
  select session_id as family_id, count(*) as fresh from identity.refresh_tokens
  where used_at is null group by session_id having count(*) > 1
  limit 100`

/** What must be true of users and sessions whatever happens. */
export const checks = (db: Kysely<IdentityTables>): readonly Check[] => [
  {
    name: 'identity.every-user-has-an-identity',
    description: 'Every user who is not merged has at least one identity to sign in by.',
    violations: async () => (await usersWithoutIdentity.execute(db)).rows,
  },
  {
    name: 'identity.one-fresh-refresh-token',
    description: 'Every session has at most one refresh token that has not been used.',
    violations: async () => (await forkedFamilies.execute(db)).rows,
  },
]
