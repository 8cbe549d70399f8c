import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooMany } from '../limits/login-limits.ts'
import type { Busy, Passwords } from '../passwords/passwords.ts'
import { openSession, type Visit } from '../sessions/open-session.ts'
import type { SignedIn, SignIn } from '../sessions/sign-in.ts'
import type { IdentityTables } from '../tables.ts'
import { foldEmail } from '../user.ts'
import { findUser } from '../users/find-user.ts'

type Needs = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  passwords: Passwords
  limits: LoginLimits
  signIn: SignIn
  refreshTtl: number
}>
type Credentials = Readonly<{ email: string; password: string; visit: Visit }>
export type LoggingIn = SignedIn | Refused<'wrong-credentials' | 'account-blocked'> | Busy | TooMany
export type LogIn = (credentials: Credentials) => Promise<LoggingIn>

const wrong = { kind: 'refused', reason: 'wrong-credentials' } as const

/**
 * Signs somebody in by e-mail and password. A stranger's e-mail and a wrong password are the same answer after the same
 * work; that an account is blocked learns only who knows its password.
 */
export const logIn =
  ({ db, now, passwords, limits, signIn, refreshTtl }: Needs): LogIn =>
  async ({ email: given, password, visit }) => {
    const email = foldEmail(given)
    const taken = await limits.take(email, visit.ip)
    if (taken.kind === 'refused') return taken
    const found = await readCredentials(db, email)
    const verified = await passwords.verify(password, found?.password_hash)
    if (verified.kind === 'refused') return verified
    if (verified.kind === 'wrong' || !found) return wrong

    const upgraded = verified.outdated ? await passwords.hash(password) : undefined
    const at = now()
    const entered = await transaction(db, async (tx) => {
      if (!(await isStillCurrent(tx, found))) return wrong
      const user = await findUser(tx, found.user_id)
      if (user?.status !== 'active') return { kind: 'refused', reason: 'account-blocked' } as const
      if (upgraded?.kind === 'hashed') await upgrade(tx, found.user_id, upgraded.hash)
      const session = await openSession(tx, { user_id: user.id, visit, now: at, ttl: refreshTtl })
      return { kind: 'entered', user, session } as const
    })
    if (entered.kind === 'refused') return entered
    await limits.giveBack(email, visit.ip)
    return await signIn(entered.user, entered.session)
  }

type Found = Readonly<{ user_id: string; password_hash: string }>

async function readCredentials(db: Kysely<IdentityTables>, email: string): Promise<Found | undefined> {
  return await db
    .selectFrom('identity.identities as identity')
    .innerJoin('identity.credentials as credentials', 'credentials.user_id', 'identity.user_id')
    .select(['credentials.user_id', 'credentials.password_hash'])
    .where('identity.provider', '=', 'email')
    .where('identity.subject', '=', email)
    .executeTakeFirst()
}

/** Locks the password: one changed while the old one was being hashed must not open a session. */
async function isStillCurrent(tx: Transaction<IdentityTables>, { user_id, password_hash }: Found): Promise<boolean> {
  const row = await tx
    .selectFrom('identity.credentials')
    .select('password_hash')
    .where('user_id', '=', user_id)
    .forUpdate()
    .executeTakeFirst()
  return row?.password_hash === password_hash
}

/** Keeps the same password under today's algorithm and cost. */
async function upgrade(tx: Transaction<IdentityTables>, user_id: string, password_hash: string): Promise<void> {
  await tx.updateTable('identity.credentials').set({ password_hash }).where('user_id', '=', user_id).execute()
}
