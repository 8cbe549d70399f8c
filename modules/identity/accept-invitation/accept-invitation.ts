import { sql, type Kysely, type Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { accepting, type Invitation } from '../invitation.ts'
import type { LoginLimits, TooMany } from '../limits/login-limits.ts'
import { weaknessOf, type Weakness } from '../password.ts'
import { commonPasswords } from '../passwords/common-passwords.ts'
import type { Busy, Passwords } from '../passwords/passwords.ts'
import { openSession, type Visit } from '../sessions/open-session.ts'
import type { SignedIn, SignIn } from '../sessions/sign-in.ts'
import type { IdentityTables } from '../tables.ts'
import { hashOf } from '../tokens/refresh-token.ts'
import { foldEmail } from '../user.ts'
import { isStaffed } from '../users/is-staffed.ts'
import { keepUser, registered, unlessTaken } from '../users/keep-user.ts'

type Needs = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  passwords: Passwords
  limits: LoginLimits
  signIn: SignIn
  refreshTtl: number
}>
type Acceptance = Readonly<{
  code: string
  email: string
  password: string
  name: string
  locale: Locale
  visit: Visit
}>
export type AcceptingInvitation = SignedIn | Refused<Weakness | 'invalid-invitation' | 'email-taken'> | Busy | TooMany
export type AcceptInvitation = (input: Acceptance) => Promise<AcceptingInvitation>

/** Makes the bearer of an invitation staff, and signs him in. */
export const acceptInvitation =
  ({ db, now, passwords, limits, signIn, refreshTtl }: Needs): AcceptInvitation =>
  async ({ code, email: given, password, name, locale, visit }) => {
    const email = foldEmail(given)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const taken = await limits.takeRegistration(visit.ip)
    if (taken.kind === 'refused') return taken
    const hash = hashOf(code)
    // Saves hashing for strangers; decided again under the lock.
    const seen = accepting(await readInvitation(db, hash), { now: now(), staffed: await isStaffed(db) })
    if (seen.kind === 'refused') return seen
    const hashed = await passwords.hash(password)
    if (hashed.kind === 'refused') return hashed

    const at = now()
    const outcome = await unlessTaken(() =>
      transaction(db, async (tx) => {
        await oneAfterTheOther(tx)
        const invitation = await readInvitation(tx, hash)
        const decided = accepting(invitation, { now: at, staffed: await isStaffed(tx) })
        if (!invitation || decided.kind === 'refused') return decided as Refused<'invalid-invitation'>
        const { role, is_superadmin } = decided
        const facts = { email, name: name.trim(), locale, role, is_superadmin, password_hash: hashed.hash }
        const user = await keepUser(tx, facts, at)
        await markAccepted(tx, invitation.id, { accepted_at: at, accepted_by: user.id })
        const session = await openSession(tx, { user_id: user.id, visit, now: at, ttl: refreshTtl })
        await publish(tx, [registered(user)])
        return { kind: 'accepted', user, session } as const
      }),
    )
    return outcome.kind === 'refused' ? outcome : await signIn(outcome.user, outcome.session)
  }

async function readInvitation(db: Kysely<IdentityTables>, hash: Buffer): Promise<Invitation | undefined> {
  return await db
    .selectFrom('identity.invitations')
    .select(['id', 'role', 'founding', 'expires_at', 'accepted_at'])
    .where('hash', '=', hash)
    .executeTakeFirst()
}

/** Also two different founding codes make one founder only: acceptances wait for each other. They are rare. */
async function oneAfterTheOther(tx: Transaction<IdentityTables>): Promise<void> {
  await sql`lock table identity.invitations in share row exclusive mode`.execute(tx)
}

type Accepted = Readonly<{ accepted_at: Date; accepted_by: string }>

async function markAccepted(tx: Transaction<IdentityTables>, id: string, accepted: Accepted): Promise<void> {
  await tx.updateTable('identity.invitations').set(accepted).where('id', '=', id).execute()
}
