import { sql } from 'kysely'
import { newId, type Locale } from '#platform/values'
import { staffRoles, type Role } from '../permissions.ts'
import { defaultTimezone, type User } from '../user.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

export type NewUser = Readonly<{
  /** The e-mail in lower case; see `foldEmail`. */
  email: string
  name: string
  locale: Locale
  role: Role
  is_superadmin: boolean
  password_hash: string
}>

/** The `conflicts` of a transaction that inserts a user: an e-mail has one account. */
export const emailConflict = { identities_provider_subject: 'email-taken' } as const

/** Inserts a user with an e-mail identity and a password. */
export async function insertUser(tx: IdentityTx, newUser: NewUser, now: Date): Promise<User & { email: string }> {
  const { email, password_hash, ...facts } = newUser
  const row = { ...facts, id: newId(), timezone: defaultTimezone, created_at: now }
  const user_id = row.id
  await tx
    .insertInto('identity.users')
    .values({ ...row, updated_at: now })
    .execute()
  await tx
    .insertInto('identity.identities')
    .values({ user_id, provider: 'email', subject: email, created_at: now })
    .execute()
  await tx.insertInto('identity.credentials').values({ user_id, password_hash, changed_at: now }).execute()
  return { ...row, email, email_verified_at: null, status: 'active' }
}

type NewTelegramUser = Readonly<{ telegram_id: string; name: string; locale: Locale }>

/** Inserts a customer who signed in with Telegram. */
export async function insertTelegramUser(tx: IdentityTx, newUser: NewTelegramUser, now: Date): Promise<User> {
  const { telegram_id, ...facts } = newUser
  const row = { ...facts, id: newId(), role: 'customer', is_superadmin: false, timezone: defaultTimezone } as const
  await tx
    .insertInto('identity.users')
    .values({ ...row, created_at: now, updated_at: now })
    .execute()
  await tx
    .insertInto('identity.identities')
    .values({ user_id: row.id, provider: 'telegram', subject: telegram_id, verified_at: now, created_at: now })
    .execute()
  return { ...row, email: null, email_verified_at: null, status: 'active', created_at: now }
}

/** Deletes the password of a user, who then sets one by the link of a mail, and those of the accounts merged into it. */
export async function deletePassword(tx: IdentityTx, user_id: string): Promise<void> {
  await tx.deleteFrom('identity.credentials').where('user_id', '=', user_id).execute()
  await deleteRestingPasswords(tx, user_id)
}

/**
 * Deletes the passwords of the accounts that were merged into a user. Call it when the user gets another password: the earlier
 * one may be known to another person, and the reversal of a merge must not bring it back.
 */
export async function deleteRestingPasswords(tx: IdentityTx, user_id: string): Promise<void> {
  await sql`
    with recursive merged(id) as (
      select id from identity.users where merged_into = ${user_id}
      union select users.id from identity.users join merged on merged_into = merged.id)
    delete from identity.credentials where user_id in (select id from merged)`.execute(tx)
}

/** Finds the id of the user with a Telegram id. */
export async function findTelegramUser(db: IdentityDb, telegram_id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('identity.identities')
    .select('user_id')
    .where('provider', '=', 'telegram')
    .where('subject', '=', telegram_id)
    .executeTakeFirst()
  return row?.user_id
}

/** Finds a user by id. */
export async function findUser(db: IdentityDb, id: string): Promise<User | undefined> {
  return await selectUser(db).where('identity.users.id', '=', id).executeTakeFirst()
}

/** The ids of the users who have a role of staff. */
export async function listUsersOf(db: IdentityDb, role: Role): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('identity.users')
    .select('id')
    .where('role', '=', role)
    .where('role', '<>', 'customer')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Locks a user and reads it under the lock, so that two changes at once are both applied, and published in their order. */
export async function lockUser(tx: IdentityTx, id: string): Promise<User | undefined> {
  await tx.selectFrom('identity.users').select('id').where('id', '=', id).forUpdate().execute()
  return await findUser(tx, id)
}

/** Locks two users in the order of their ids, so that two merges never wait for each other, and reads them under the locks. */
export async function lockUsers(
  tx: IdentityTx,
  [one, other]: readonly [string, string],
): Promise<readonly [User | undefined, User | undefined]> {
  const [first, second] = one < other ? [one, other] : [other, one]
  const locked = [await lockUser(tx, first), await lockUser(tx, second)] as const
  // The second lock may have waited: the first user cannot have changed meanwhile.
  return one < other ? locked : [locked[1], locked[0]]
}

/** Lists the users with these ids, in any order. */
export const listUsers = async (db: IdentityDb, ids: readonly string[]): Promise<User[]> =>
  await selectUser(db)
    .where('identity.users.id', '=', (query) => query.fn.any(query.val(ids)))
    .execute()

/** Finds the user with an e-mail in lower case. */
export async function findUserByEmail(db: IdentityDb, email: string): Promise<User | undefined> {
  return await selectUser(db)
    .where('identity.users.id', '=', (query) =>
      query
        .selectFrom('identity.identities')
        .select('user_id')
        .where('provider', '=', 'email')
        .where('subject', '=', email),
    )
    .executeTakeFirst()
}

/** True when some active user may invite others. */
export async function hasStaff(db: IdentityDb): Promise<boolean> {
  const staff = await db
    .selectFrom('identity.users')
    .select(sql`1`.as('found'))
    .where((user) => user.or([user('is_superadmin', '=', true), user('role', 'in', [...staffRoles])]))
    .where('status', '=', 'active')
    .limit(1)
    .execute()
  return staff.length > 0
}

/** A user may have several e-mails: the oldest one is shown. */
const selectUser = (db: IdentityDb) =>
  db
    .selectFrom('identity.users')
    .leftJoinLateral(
      (query) =>
        query
          .selectFrom('identity.identities')
          .select(['subject as email', 'verified_at as email_verified_at'])
          .whereRef('user_id', '=', 'identity.users.id')
          .where('provider', '=', 'email')
          .orderBy('created_at')
          .limit(1)
          .as('mailbox'),
      (join) => join.onTrue(),
    )
    .select(['id', 'name', 'locale', 'timezone', 'role', 'status', 'is_superadmin', 'identity.users.created_at'])
    .select(['mailbox.email', 'mailbox.email_verified_at'])
