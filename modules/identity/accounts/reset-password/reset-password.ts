import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { commonPasswords } from '../../auth/common-passwords.ts'
import type { KnownDevices } from '../../auth/known-devices.ts'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Busy, PasswordHashing } from '../../auth/password-hashing.ts'
import type { ProveMailbox } from '../../auth/prove-mailbox.ts'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { weaknessOf, type Weakness } from '../../password.ts'
import { findMailCode, useMailCode } from '../../store/mail-codes.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { deleteRestingPasswords, findUser } from '../../store/users.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  devices: KnownDevices
  sessions: Sessions
  proveMailbox: ProveMailbox
}>
type ResetPasswordInput = Readonly<{ code: string; new_password: string; address: string }>
export type ResetPasswordOutcome =
  | Readonly<{ kind: 'reset'; device_token: string }>
  | Refused<Weakness | 'invalid-code'>
  | Busy
  | TooManyAttempts
export type ResetPassword = (input: ResetPasswordInput) => Promise<ResetPasswordOutcome>

const invalid = { kind: 'refused', reason: 'invalid-code' } as const

/**
 * Sets a new password with the code of a mail, and ends every session: one of them may be a thief's, or that of a person who
 * registered a mailbox of another. Reading the mail verifies the mailbox, and the first time no other identity stays. The
 * device is known from then on, so that the guesses of others do not keep its owner from signing in with the new password.
 */
export const resetPassword =
  ({ db, now, passwords, limits, devices, sessions, proveMailbox }: Needs): ResetPassword =>
  async ({ code, new_password, address }) => {
    const attempt = limits.takeCode(address)
    if (isRefusal(attempt)) return attempt
    const key = { hash: hashOf(code), purpose: 'reset_password' } as const
    const seen = await findMailCode(db, { ...key, now: now() })
    if (!seen) return invalid
    const weakness = weaknessOf(new_password, seen.email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const hashed = await passwords.hash(new_password, { kind: 'known', account: seen.user_id })
    if (isRefusal(hashed)) return hashed

    const outcome = await transaction(db, async (tx): Promise<ResetPasswordOutcome> => {
      const at = now()
      const used = await useMailCode(tx, { ...key, now: at })
      const user = used && (await findUser(tx, used.user_id))
      if (!used || user?.status !== 'active') return invalid
      if ((await proveMailbox(tx, used)) === 'not-holder') return invalid
      await deleteRestingPasswords(tx, user.id)
      await savePassword(tx, { user_id: user.id, password_hash: hashed.hash, changed_at: at })
      await sessions.end(tx, { user_id: user.id }, 'password_changed')
      return { kind: 'reset', device_token: devices.tokenFor(used.email, undefined) }
    })
    if (outcome.kind === 'reset') attempt.cancel()
    return outcome
  }

type Credentials = Readonly<{ user_id: string; password_hash: string; changed_at: Date }>

/** A user who signed in with Telegram only gets a first password. */
async function savePassword(tx: IdentityTx, { user_id, ...credentials }: Credentials): Promise<void> {
  await tx
    .insertInto('identity.credentials')
    .values({ user_id, ...credentials })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(credentials))
    .execute()
}
