import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import type { LoginLimits, TooMany } from '../limits/login-limits.ts'
import { weaknessOf, type Weakness } from '../password.ts'
import { commonPasswords } from '../passwords/common-passwords.ts'
import type { Busy, Passwords } from '../passwords/passwords.ts'
import { openSession, type Visit } from '../sessions/open-session.ts'
import type { SignedIn, SignIn } from '../sessions/sign-in.ts'
import type { IdentityTables } from '../tables.ts'
import { foldEmail } from '../user.ts'
import { findByEmail } from '../users/find-user.ts'
import { keepUser, registered, unlessTaken } from '../users/keep-user.ts'

type Needs = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  passwords: Passwords
  limits: LoginLimits
  signIn: SignIn
  refreshTtl: number
}>
type Registration = Readonly<{ email: string; password: string; name: string; locale: Locale; visit: Visit }>
export type Registering = SignedIn | Refused<Weakness | 'email-taken'> | Busy | TooMany
export type RegisterUser = (input: Registration) => Promise<Registering>

/** Gives somebody an account and signs him in. */
export const registerUser =
  ({ db, now, passwords, limits, signIn, refreshTtl }: Needs): RegisterUser =>
  async ({ email: given, password, name, locale, visit }) => {
    const email = foldEmail(given)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const taken = await limits.takeRegistration(visit.ip)
    if (taken.kind === 'refused') return taken
    // Saves hashing only; the unique identity decides.
    if (await findByEmail(db, email)) return { kind: 'refused', reason: 'email-taken' }
    const hashed = await passwords.hash(password)
    if (hashed.kind === 'refused') return hashed

    const at = now()
    const kept = await unlessTaken(() =>
      transaction(db, async (tx) => {
        const facts = { email, name: name.trim(), locale, role: 'customer', is_superadmin: false } as const
        const user = await keepUser(tx, { ...facts, password_hash: hashed.hash }, at)
        const session = await openSession(tx, { user_id: user.id, visit, now: at, ttl: refreshTtl })
        await publish(tx, [registered(user)])
        return { kind: 'kept', user, session } as const
      }),
    )
    return kept.kind === 'refused' ? kept : await signIn(kept.user, kept.session)
  }
