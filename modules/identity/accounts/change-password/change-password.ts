import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { commonPasswords } from '../../auth/common-passwords.ts'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Busy, PasswordHashing } from '../../auth/password-hashing.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { weaknessOf, type Weakness } from '../../password.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { deleteRestingPasswords, findUser } from '../../store/users.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  sessions: Sessions
}>
type ChangePasswordInput = Readonly<{
  user_id: string
  session_id: string
  current_password: string
  new_password: string
}>
export type ChangePasswordOutcome =
  | Readonly<{ kind: 'changed' }>
  | Refused<Weakness | 'wrong-password'>
  | Busy
  | TooManyAttempts
export type ChangePassword = (input: ChangePasswordInput) => Promise<ChangePasswordOutcome>

const wrong = { kind: 'refused', reason: 'wrong-password' } as const

/** Changes a password, and ends all sessions of its user except the one of the request. */
export const changePassword =
  ({ db, now, passwords, limits, sessions }: Needs): ChangePassword =>
  async ({ user_id, session_id, current_password, new_password }) => {
    const email = (await findUser(db, user_id))?.email ?? ''
    const weakness = weaknessOf(new_password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const attempt = limits.takePasswordCheck({ user_id, session_id })
    if (isRefusal(attempt)) return attempt
    const current_hash = await findPasswordHash(db, user_id)
    const known = { kind: 'known', account: user_id } as const
    const verified = await passwords.verify(current_password, current_hash, known)
    if (isRefusal(verified)) {
      attempt.cancel()
      return verified
    }
    if (verified.kind === 'wrong' || !current_hash) return wrong
    const hashed = await passwords.hash(new_password, known)
    if (isRefusal(hashed)) return hashed

    const outcome = await transaction(db, async (tx) => {
      const credentials = { password_hash: hashed.hash, changed_at: now() }
      const isChanged = await updateCredentials(tx, { user_id, current_hash }, credentials)
      // Another request has changed the password since it was verified.
      if (!isChanged) return wrong
      await deleteRestingPasswords(tx, user_id)
      await sessions.end(tx, { user_id, except: session_id }, 'password_changed')
      return { kind: 'changed' } as const
    })
    if (outcome.kind === 'changed') attempt.succeed()
    return outcome
  }

async function findPasswordHash(db: IdentityDb, user_id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('identity.credentials')
    .select('password_hash')
    .where('user_id', '=', user_id)
    .executeTakeFirst()
  return row?.password_hash
}

type Verified = Readonly<{ user_id: string; current_hash: string }>
type Credentials = Readonly<{ password_hash: string; changed_at: Date }>

/** Replaces the verified hash. False when another one is stored by now. */
async function updateCredentials(
  tx: IdentityTx,
  { user_id, current_hash }: Verified,
  credentials: Credentials,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity.credentials')
    .set(credentials)
    .where('user_id', '=', user_id)
    .where('password_hash', '=', current_hash)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
