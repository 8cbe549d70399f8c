import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import { after, minutes, type Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../auth/login-limits.ts'
import type { Busy, PasswordHashing } from '../auth/password-hashing.ts'
import type { Sessions } from '../auth/sessions.ts'
import { userDeleted } from '../events.ts'
import type { IdentityDb, IdentityTx } from '../store/tables.ts'
import { lockUser } from '../store/users.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  sessions: Sessions
}>
type DeleteAccountInput = Readonly<{ user_id: string; session_id: string; password?: string | undefined }>
export type DeleteAccountOutcome =
  | Readonly<{ kind: 'deleted' }>
  | NotFound
  | Refused<'wrong-password' | 'sign-in-again'>
  | Busy
  | TooManyAttempts
export type DeleteAccount = (input: DeleteAccountInput) => Promise<DeleteAccountOutcome>

/** A user without a password shows by a new sign-in that the device is hers. */
const freshFor = minutes(10)

/**
 * Deletes an account: nothing in identity names the person any more, and the e-mail and the Telegram account are free. The id
 * stays as the pseudonym of money records. Other modules anonymise their rows when they handle `user-deleted`.
 */
export const deleteAccount =
  (needs: Needs): DeleteAccount =>
  async (input) => {
    const { db, now, sessions } = needs
    const { user_id } = input
    const proof = await prove(needs, input)
    if (isRefusal(proof)) return proof
    return await transaction(db, async (tx): Promise<DeleteAccountOutcome> => {
      const user = await lockUser(tx, user_id)
      if (user?.status !== 'active') return notFound('user')
      await sessions.end(tx, { user_id }, 'deleted')
      await deletePersonalData(tx, user_id, now())
      await publish(tx, [userDeleted({ user_id })])
      return { kind: 'deleted' }
    })
  }

async function prove({ db, now, passwords, limits }: Needs, { user_id, session_id, password }: DeleteAccountInput) {
  const { password_hash, created_at } = await findProof(db, user_id, session_id)
  if (password_hash === null) {
    const isFresh = created_at !== null && after(created_at, freshFor) > now()
    return isFresh ? ({ kind: 'proven' } as const) : ({ kind: 'refused', reason: 'sign-in-again' } as const)
  }
  const attempt = limits.takePasswordCheck(session_id)
  if (isRefusal(attempt)) return attempt
  const verified = await passwords.verify(password ?? '', password_hash)
  if (isRefusal(verified)) {
    attempt.cancel()
    return verified
  }
  if (verified.kind === 'wrong') return { kind: 'refused', reason: 'wrong-password' } as const
  attempt.succeed()
  return { kind: 'proven' } as const
}

async function findProof(db: IdentityDb, user_id: string, session_id: string) {
  return await db
    .selectFrom('identity.users as user')
    .leftJoin('identity.credentials as credentials', 'credentials.user_id', 'user.id')
    .leftJoin('identity.sessions as session', (join) => join.on('session.id', '=', session_id))
    .select(['credentials.password_hash', 'session.created_at'])
    .where('user.id', '=', user_id)
    .executeTakeFirstOrThrow()
}

async function deletePersonalData(tx: IdentityTx, user_id: string, now: Date): Promise<void> {
  await tx.deleteFrom('identity.identities').where('user_id', '=', user_id).execute()
  await tx.deleteFrom('identity.credentials').where('user_id', '=', user_id).execute()
  await tx.deleteFrom('identity.mail_codes').where('user_id', '=', user_id).execute()
  await tx.updateTable('identity.sessions').set({ device: '', ip: '' }).where('user_id', '=', user_id).execute()
  const anonymous = { name: '', role: 'customer', is_superadmin: false, status: 'deleted', updated_at: now } as const
  await tx.updateTable('identity.users').set(anonymous).where('id', '=', user_id).execute()
}
