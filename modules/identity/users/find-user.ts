import type { Kysely } from 'kysely'
import type { IdentityTables } from '../tables.ts'
import type { User } from '../user.ts'

/** A user by id; also inside a transaction. */
export async function findUser(db: Kysely<IdentityTables>, id: string): Promise<User | undefined> {
  return await selectUser(db).where('identity.users.id', '=', id).executeTakeFirst()
}

/** The user an e-mail, folded already, leads to. */
export async function findByEmail(db: Kysely<IdentityTables>, email: string): Promise<User | undefined> {
  return await selectUser(db)
    .where('identity.users.id', '=', (the) =>
      the
        .selectFrom('identity.identities')
        .select('user_id')
        .where('provider', '=', 'email')
        .where('subject', '=', email),
    )
    .executeTakeFirst()
}

const selectUser = (db: Kysely<IdentityTables>) =>
  db
    .selectFrom('identity.users')
    .select(['id', 'name', 'locale', 'timezone', 'role', 'status', 'is_superadmin', 'created_at'])
    .select((the) =>
      the
        .selectFrom('identity.identities')
        .select('subject')
        .whereRef('user_id', '=', 'identity.users.id')
        .where('provider', '=', 'email')
        .orderBy('created_at')
        .limit(1)
        .as('email'),
    )
