import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { weaknessOf, type Weakness } from '../password.ts'
import { commonPasswords } from '../passwords/common-passwords.ts'
import type { Busy, Passwords } from '../passwords/passwords.ts'
import type { Role } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'
import { foldEmail } from '../user.ts'
import { keepUser, registered, unlessTaken } from '../users/keep-user.ts'

type Needs = Readonly<{ db: Kysely<IdentityTables>; now: Clock; passwords: Passwords }>
type StaffUser = Readonly<{ email: string; password: string; name: string; locale: Locale; role: Role }>
/** Makes an account of any role without signing anybody in: for the command line and for seeds. */
export type CreateUser = (
  input: StaffUser,
) => Promise<Readonly<{ kind: 'created'; user_id: string }> | Refused<Weakness | 'email-taken'> | Busy>

export const createUser =
  ({ db, now, passwords }: Needs): CreateUser =>
  async ({ email: given, password, name, locale, role }) => {
    const email = foldEmail(given)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const hashed = await passwords.hash(password)
    if (hashed.kind === 'refused') return hashed
    const facts = { email, name: name.trim(), locale, role, is_superadmin: role === 'superadmin' }
    return await unlessTaken(() =>
      transaction(db, async (tx) => {
        const user = await keepUser(tx, { ...facts, password_hash: hashed.hash }, now())
        await publish(tx, [registered(user)])
        return { kind: 'created', user_id: user.id } as const
      }),
    )
  }
