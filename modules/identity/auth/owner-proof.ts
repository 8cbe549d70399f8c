import { isRefusal, type Refused } from '#platform/outcome'
import { after, minutes, type Clock } from '#platform/values'
import type { IdentityDb } from '../store/tables.ts'
import type { LoginLimits, TooManyAttempts } from './login-limits.ts'
import type { Busy, PasswordHashing } from './password-hashing.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; passwords: PasswordHashing; limits: LoginLimits }>
type Input = Readonly<{ user_id: string; session_id: string; password?: string | undefined }>
export type OwnerRefused = Refused<'wrong-password' | 'sign-in-again'> | Busy | TooManyAttempts

/** Shows that the owner of an account uses the session, and not a person with a borrowed phone or a stolen token. */
export type ProveOwner = (input: Input) => Promise<Readonly<{ kind: 'proven' }> | OwnerRefused>

/** A user without a password shows by a new sign-in that the device is hers. */
/** The milliseconds for which a sign-in proves the owner of an account without a password. */
export const freshTime = minutes(10)

/** Opens the check: an account with a password needs it, any other needs a sign-in within the last ten minutes. */
export const openOwnerProof =
  ({ db, now, passwords, limits }: Needs): ProveOwner =>
  async ({ user_id, session_id, password }) => {
    const { password_hash, created_at } = await findProof(db, user_id, session_id)
    if (password_hash === null) {
      const isFresh = created_at !== null && after(created_at, freshTime) > now()
      return isFresh ? { kind: 'proven' } : { kind: 'refused', reason: 'sign-in-again' }
    }
    const attempt = limits.takePasswordCheck({ user_id, session_id })
    if (isRefusal(attempt)) return attempt
    const verified = await passwords.verify(password ?? '', password_hash, { kind: 'known', account: user_id })
    if (isRefusal(verified)) {
      attempt.cancel()
      return verified
    }
    if (verified.kind === 'wrong') return { kind: 'refused', reason: 'wrong-password' }
    attempt.succeed()
    return { kind: 'proven' }
  }

async function findProof(db: IdentityDb, user_id: string, session_id: string) {
  return await db
    .selectFrom('identity.users as user')
    .leftJoin('identity.credentials as credentials', 'credentials.user_id', 'user.id')
    .leftJoin('identity.sessions as session', (join) =>
      join.on('session.id', '=', session_id).on('session.ended_at', 'is', null),
    )
    .select(['credentials.password_hash', 'session.created_at'])
    .where('user.id', '=', user_id)
    .executeTakeFirstOrThrow()
}
