import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooMany } from '../limits/login-limits.ts'
import { weaknessOf, type Weakness } from '../password.ts'
import { commonPasswords } from '../passwords/common-passwords.ts'
import type { Busy, Passwords } from '../passwords/passwords.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Visit } from '../sessions/open-session.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'
import { findUser } from '../users/find-user.ts'

type Needs = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  passwords: Passwords
  limits: LoginLimits
  standings: Standings
}>
type PasswordInput = Readonly<{
  user_id: string
  sid: string
  current_password: string
  new_password: string
  visit: Visit
}>
export type ChangingPassword = Readonly<{ kind: 'changed' }> | Refused<Weakness | 'wrong-password'> | Busy | TooMany
export type ChangePassword = (input: PasswordInput) => Promise<ChangingPassword>

const wrong = { kind: 'refused', reason: 'wrong-password' } as const

/** Changes a password, which ends all sessions but the one it is done in. */
export const changePassword =
  ({ db, now, passwords, limits, standings }: Needs): ChangePassword =>
  async ({ user_id, sid, current_password, new_password, visit }) => {
    const email = (await findUser(db, user_id))?.email ?? ''
    const weakness = weaknessOf(new_password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const taken = await limits.take(email, visit.ip)
    if (taken.kind === 'refused') return taken
    const current = await readHash(db, user_id)
    const verified = await passwords.verify(current_password, current)
    if (verified.kind === 'refused') return verified
    if (verified.kind === 'wrong' || !current) return wrong
    const hashed = await passwords.hash(new_password)
    if (hashed.kind === 'refused') return hashed

    const outcome = await transaction(db, async (tx) => {
      const at = now()
      const { numUpdatedRows } = await tx
        .updateTable('identity.credentials')
        .set({ password_hash: hashed.hash, changed_at: at })
        .where('user_id', '=', user_id)
        .where('password_hash', '=', current)
        .executeTakeFirstOrThrow()
      // Another change was faster: the current password is another one now.
      if (numUpdatedRows === 0n) return wrong
      await endSessions(tx, { user_id, except: sid }, { reason: 'password-changed', now: at, standings })
      return { kind: 'changed' } as const
    })
    if (outcome.kind === 'changed') await limits.giveBack(email, visit.ip)
    return outcome
  }

async function readHash(db: Kysely<IdentityTables>, user_id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('identity.credentials')
    .select('password_hash')
    .where('user_id', '=', user_id)
    .executeTakeFirst()
  return row?.password_hash
}
