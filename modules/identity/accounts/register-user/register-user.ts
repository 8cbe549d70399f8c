import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused, type StoreResponse } from '#platform/outcome'
import type { Clock, Locale } from '#platform/values'
import { commonPasswords } from '../../auth/common-passwords.ts'
import type { KnownDevices } from '../../auth/known-devices.ts'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { MailCodes } from '../../auth/mail-codes.ts'
import type { Busy, PasswordHashing } from '../../auth/password-hashing.ts'
import type { KnownSignedIn, Sessions } from '../../auth/sessions.ts'
import { userRegistered } from '../../events.ts'
import { weaknessOf, type Weakness } from '../../password.ts'
import type { Client } from '../../session.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { emailConflict, insertUser } from '../../store/users.ts'
import { foldEmail } from '../../user.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  passwords: PasswordHashing
  limits: LoginLimits
  devices: KnownDevices
  sessions: Sessions
  mailCodes: MailCodes
}>
type RegisterUserInput = Readonly<{ email: string; password: string; name: string; locale: Locale; client: Client }>
export type RegisterUserOutcome = KnownSignedIn | Refused<Weakness | 'email-taken'> | Busy | TooManyAttempts
export type RegisterUser = (
  input: RegisterUserInput,
  storeResponse: StoreResponse<KnownSignedIn>,
) => Promise<RegisterUserOutcome>

/**
 * Creates an account and signs its user in. A taken e-mail is refused after the same work as a free one, so that the time of
 * the response does not show which it is; the limit per address slows those who read the answers. An account that is deleted
 * and registered again in a loop sends no more e-mails than its mailbox may get: then the user requests one later.
 */
export const registerUser =
  ({ db, now, passwords, limits, devices, sessions, mailCodes }: Needs): RegisterUser =>
  async ({ password, name, locale, client, ...input }, storeResponse) => {
    const email = foldEmail(input.email)
    const weakness = weaknessOf(password, email, commonPasswords)
    if (weakness) return { kind: 'refused', reason: weakness }
    const attempt = limits.takeRegistration(client.ip)
    if (isRefusal(attempt)) return attempt
    const hashed = await passwords.hash(password, { kind: 'unknown', address: client.ip })
    if (isRefusal(hashed)) return hashed

    const mailing = limits.takeMail(email, client.ip)
    const maySend = !isRefusal(mailing) && !mailing.isSpent
    return await transaction(
      db,
      async (tx) => {
        const facts = { email, name: name.trim(), locale, role: 'customer', is_superadmin: false } as const
        const user = await insertUser(tx, { ...facts, password_hash: hashed.hash }, now())
        if (maySend) await mailCodes.send(tx, 'verify_email', user)
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
