import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { UsersApi } from '../../api.ts'
import { commonPasswords } from '../../auth/common-passwords.ts'
import type { PasswordHashing } from '../../auth/password-hashing.ts'
import { userRegistered } from '../../events.ts'
import { lengthIssueOf, weaknessOf } from '../../password.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { emailConflict, insertUser } from '../../store/users.ts'
import { foldEmail } from '../../user.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; passwords: PasswordHashing }>

/** Creates an account of any role without a session. */
export const createUser =
  ({ db, now, passwords }: Needs): UsersApi['create'] =>
  async ({ password, locale, role, ...input }) => {
    const email = foldEmail(input.email)
    const weakness = lengthIssueOf(password) ?? weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const hashed = await passwords.hash(password, { kind: 'command' })
    if (isRefusal(hashed)) return hashed
    const facts = { email, name: input.name.trim(), locale, role, is_superadmin: role === 'superadmin' }
    return await transaction(
      db,
      async (tx) => {
        const user = await insertUser(tx, { ...facts, password_hash: hashed.hash }, now())
        await publish(tx, [userRegistered({ user_id: user.id, email, name: user.name, locale })])
        return { kind: 'created', user_id: user.id } as const
      },
      { conflicts: emailConflict },
    )
  }
