import { transaction } from '#platform/db'
import { addressKey } from '#platform/limits'
import { isRefusal, type Refused } from '#platform/outcome'
import type { KnownDevices } from '../../auth/known-devices.ts'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Busy, HashClient, PasswordHashing } from '../../auth/password-hashing.ts'
import type { KnownSignedIn, Sessions } from '../../auth/sessions.ts'
import type { Client } from '../../session.ts'
import { listKnownAddresses } from '../../store/sessions.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'
import { foldEmail } from '../../user.ts'

type Needs = Readonly<{
  db: IdentityDb
  passwords: PasswordHashing
  limits: LoginLimits
  devices: KnownDevices
  sessions: Sessions
}>
type LogInInput = Readonly<{ email: string; password: string; client: Client; device_token?: string | undefined }>
export type LogInOutcome = KnownSignedIn | Refused<'wrong-credentials' | 'account-blocked'> | Busy | TooManyAttempts
export type LogIn = (input: LogInInput) => Promise<LogInOutcome>

const wrong = { kind: 'refused', reason: 'wrong-credentials' } as const

/**
 * Signs a user in with e-mail and password. An unknown e-mail and a wrong password get the same answer after the same
 * work. Only a client that knows the password learns that the account is blocked.
 */
export const logIn =
  ({ db, passwords, limits, devices, sessions }: Needs): LogIn =>
  async ({ password, client, device_token, ...input }) => {
    const email = foldEmail(input.email)
    const device_id = devices.idOf(email, device_token)
    const isKnown = () => isKnownAddress(db, email, client.ip)
    const attempt = await limits.takeLogin({ account: email, address: client.ip, device_id, isKnownAddress: isKnown })
    if (isRefusal(attempt)) return attempt
    const credentials = await findCredentials(db, email)
    const known = { kind: 'known', account: credentials?.user_id ?? email } as const
    const verify = (from: HashClient) => passwords.verify(password, credentials?.password_hash, from)
    const first = await verify(device_id === undefined ? { kind: 'unknown', address: client.ip } : known)
    // Only a client that finds no place costs the statement that knows its address.
    const mayRetry = isRefusal(first) && device_id === undefined && (await isKnown())
    const verified = mayRetry ? await verify(known) : first
    if (isRefusal(verified)) {
      attempt.cancel()
      return verified
    }
    if (verified.kind === 'wrong' || !credentials) return wrong

    const upgraded = verified.outdated ? await passwords.hash(password, known) : undefined
    const entered = await transaction(db, async (tx) => {
      if (!(await lockCredentials(tx, credentials))) return wrong
      // The insert waits for staff who block the account at this moment: the status is read after it.
      const session = await sessions.open(tx, credentials.user_id, client)
      const user = await findUser(tx, credentials.user_id)
      // The account was merged at this moment: the next attempt finds the survivor.
      if (user?.status === 'merged') return wrong
      if (user?.status !== 'active') return { kind: 'refused', reason: 'account-blocked' } as const
      if (upgraded?.kind === 'hashed') await updatePasswordHash(tx, user.id, upgraded.hash)
      return { kind: 'entered', user, session } as const
    })
    if (isRefusal(entered)) return entered
    attempt.succeed()
    const signedIn = await sessions.issueTokens(db, entered.user, entered.session)
    return { ...signedIn, device_token: devices.tokenFor(email, device_token) }
  }

async function isKnownAddress(db: IdentityDb, email: string, address: string): Promise<boolean> {
  const known = await listKnownAddresses(db, email)
  return known.some((one) => addressKey(one) === addressKey(address))
}

type Credentials = Readonly<{ user_id: string; password_hash: string }>

async function findCredentials(db: IdentityDb, email: string): Promise<Credentials | undefined> {
  return await db
    .selectFrom('identity.identities as identity')
    .innerJoin('identity.credentials as credentials', 'credentials.user_id', 'identity.user_id')
    .select(['credentials.user_id', 'credentials.password_hash'])
    .where('identity.provider', '=', 'email')
    .where('identity.subject', '=', email)
    .executeTakeFirst()
}

/** False when the password was changed while the old one was verified: it must not open a session. */
async function lockCredentials(tx: IdentityTx, { user_id, password_hash }: Credentials): Promise<boolean> {
  const row = await tx
    .selectFrom('identity.credentials')
    .select('password_hash')
    .where('user_id', '=', user_id)
    .forUpdate()
    .executeTakeFirst()
  return row?.password_hash === password_hash
}

/** Stores the same password under the present algorithm and cost. */
async function updatePasswordHash(tx: IdentityTx, user_id: string, password_hash: string): Promise<void> {
  await tx.updateTable('identity.credentials').set({ password_hash }).where('user_id', '=', user_id).execute()
}
