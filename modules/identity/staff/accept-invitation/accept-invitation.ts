import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { commonPasswords } from '../../auth/common-passwords.ts'
import type { KnownDevices } from '../../auth/known-devices.ts'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Busy, PasswordHashing } from '../../auth/password-hashing.ts'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { KnownSignedIn, Sessions } from '../../auth/sessions.ts'
import { userRegistered } from '../../events.ts'
import { weaknessOf, type Weakness } from '../../password.ts'
import type { Client } from '../../session.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { emailConflict, hasStaff, insertUser } from '../../store/users.ts'
import { foldEmail } from '../../user.ts'
import { decideAcceptance, type Invitation } from '../invitation.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  devices: KnownDevices
  sessions: Sessions
}>
type AcceptInvitationInput = Readonly<{
  code: string
  email: string
  password: string
  name: string
  locale: Locale
  client: Client
}>
export type AcceptInvitationOutcome =
  | KnownSignedIn
  | Refused<Weakness | 'invalid-invitation' | 'email-taken'>
  | Busy
  | TooManyAttempts
export type AcceptInvitation = (
  input: AcceptInvitationInput,
  storeResponse: StoreResponse<KnownSignedIn>,
) => Promise<AcceptInvitationOutcome>

/** Creates the staff account that a code invites to, and signs its user in. */
export const acceptInvitation =
  ({ db, now, passwords, limits, devices, sessions }: Needs): AcceptInvitation =>
  async ({ code, password, locale, client, ...input }, storeResponse) => {
    const email = foldEmail(input.email)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const attempt = limits.takeRegistration(client.ip)
    if (isRefusal(attempt)) return attempt
    const hash = hashOf(code)
    // This decision saves a hash. The decision under the lock counts.
    const seen = await decide(db, hash, now())
    if (isRefusal(seen)) return seen
    const hashed = await passwords.hash(password, { kind: 'unknown', address: client.ip })
    if (isRefusal(hashed)) return hashed

    return await transaction(
      db,
      async (tx) => {
        const at = now()
        await lockInvitations(tx)
        const decided = await decide(tx, hash, at)
        if (isRefusal(decided)) return decided
        const { invitation_id, role, is_superadmin } = decided
        const facts = { email, name: input.name.trim(), locale, role, is_superadmin }
        const user = await insertUser(tx, { ...facts, password_hash: hashed.hash }, at)
        await updateAccepted(tx, invitation_id, { accepted_at: at, accepted_by: user.id })
        const session = await sessions.open(tx, user.id, client)
        await publish(tx, [userRegistered({ user_id: user.id, email, name: user.name, locale })])
        const signedIn = await sessions.issueTokens(tx, user, session)
        const outcome = { ...signedIn, device_token: devices.tokenFor(email, undefined) }
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts: emailConflict },
    )
  }

async function decide(db: IdentityDb, hash: Buffer, now: Date) {
  const invitation = await findInvitation(db, hash)
  return decideAcceptance(invitation, { now, hasStaff: await hasStaff(db) })
}

async function findInvitation(db: IdentityDb, hash: Buffer): Promise<Invitation | undefined> {
  return await db
    .selectFrom('identity.invitations')
    .select(['id', 'role', 'first_admin', 'expires_at', 'accepted_at'])
    .where('hash', '=', hash)
    .executeTakeFirst()
}

/**
 * Acceptances run one after another, so that two codes for the first admin create one admin only. A lock of one row would not
 * serialize them. Acceptances are rare.
 */
async function lockInvitations(tx: IdentityTx): Promise<void> {
  await sql`lock table identity.invitations in share row exclusive mode`.execute(tx)
}

type Acceptance = Readonly<{ accepted_at: Date; accepted_by: string }>

async function updateAccepted(tx: IdentityTx, id: string, acceptance: Acceptance): Promise<void> {
  await tx.updateTable('identity.invitations').set(acceptance).where('id', '=', id).execute()
}
