import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { commonPasswords } from '../auth/common-passwords.ts'
import type { LoginLimits, TooManyAttempts } from '../auth/login-limits.ts'
import type { Busy, PasswordHashing } from '../auth/password-hashing.ts'
import type { Sessions, SignedIn } from '../auth/sessions.ts'
import { userRegistered } from '../events.ts'
import { weaknessOf, type Weakness } from '../password.ts'
import type { Client } from '../session.ts'
import type { IdentityDb } from '../store/tables.ts'
import { emailConflict, findUserByEmail, insertUser } from '../store/users.ts'
import { foldEmail } from '../user.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  sessions: Sessions
}>
type RegisterUserInput = Readonly<{ email: string; password: string; name: string; locale: Locale; client: Client }>
export type RegisterUserOutcome = SignedIn | Refused<Weakness | 'email-taken'> | Busy | TooManyAttempts
export type RegisterUser = (input: RegisterUserInput) => Promise<RegisterUserOutcome>

/** Creates an account and signs its user in. */
export const registerUser =
  ({ db, now, passwords, limits, sessions }: Needs): RegisterUser =>
  async ({ password, name, locale, client, ...input }) => {
    const email = foldEmail(input.email)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const attempt = limits.takeRegistration(client.ip)
    if (isRefusal(attempt)) return attempt
    // This query saves a hash. The unique constraint decides.
    if (await findUserByEmail(db, email)) return { kind: 'refused', reason: 'email-taken' }
    const hashed = await passwords.hash(password)
    if (isRefusal(hashed)) return hashed

    const registered = await transaction(
      db,
      async (tx) => {
        const facts = { email, name: name.trim(), locale, role: 'customer', is_superadmin: false } as const
        const user = await insertUser(tx, { ...facts, password_hash: hashed.hash }, now())
        const session = await sessions.open(tx, user.id, client)
        await publish(tx, [userRegistered({ user_id: user.id, email, name: user.name, locale })])
        return { kind: 'registered', user, session } as const
      },
      { conflicts: emailConflict },
    )
    if (isRefusal(registered)) return registered
    return await sessions.issueTokens(db, registered.user, registered.session)
  }
