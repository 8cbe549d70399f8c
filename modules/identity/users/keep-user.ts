import type { Transaction } from 'kysely'
import { constraintOf } from '#platform/db'
import { newId, type Locale } from '#platform/values'
import { userRegistered } from '../events.ts'
import type { Role } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'
import { firstTimezone, type User } from '../user.ts'

export type NewUser = Readonly<{
  /** Folded. */
  email: string
  name: string
  locale: Locale
  role: Role
  is_superadmin: boolean
  password_hash: string
}>

/** Writes a user who came by e-mail: himself, his identity, his password. Throws when the e-mail is taken: see `unlessTaken`. */
export async function keepUser(tx: Transaction<IdentityTables>, given: NewUser, now: Date): Promise<User> {
  const { email, password_hash, ...facts } = given
  const row = { ...facts, id: newId(), timezone: firstTimezone, created_at: now }
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
  return { ...row, email, status: 'active' }
}

/** What to tell about a kept user. */
export const registered = ({ id, email, name, locale }: User) =>
  userRegistered({ user_id: id, email: email ?? '', name, locale })

/** Runs `keeping`. Of two who take one e-mail at once the database refuses the second: no look beforehand could. */
export async function unlessTaken<Outcome>(
  keeping: () => Promise<Outcome>,
): Promise<Outcome | Readonly<{ kind: 'refused'; reason: 'email-taken' }>> {
  try {
    return await keeping()
  } catch (error) {
    if (constraintOf(error) === 'identities_provider_subject') return { kind: 'refused', reason: 'email-taken' }
    throw error
  }
}
