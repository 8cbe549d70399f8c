import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { MailCodes } from '../../auth/mail-codes.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'

type Needs = Readonly<{ db: IdentityDb; limits: LoginLimits; mailCodes: MailCodes }>
export type SendVerificationOutcome =
  | Readonly<{ kind: 'sent' }>
  | Refused<'no-email' | 'already-verified'>
  | TooManyAttempts
export type SendVerification = (
  input: Readonly<{ user_id: string; address: string }>,
) => Promise<SendVerificationOutcome>

/**
 * Sends the user another link that verifies the mailbox. The earlier links work until one of them is used; when others have
 * used up the e-mails of the mailbox, the latest of them has to do.
 */
export const sendVerification =
  ({ db, limits, mailCodes }: Needs): SendVerification =>
  async ({ user_id, address }) => {
    const user = await findUser(db, user_id)
    const email = user?.email
    if (!user || email === null || email === undefined) return { kind: 'refused', reason: 'no-email' }
    if (user.email_verified_at) return { kind: 'refused', reason: 'already-verified' }
    const attempt = limits.takeMail(email, address)
    if (isRefusal(attempt)) return attempt
    const send = attempt.isSpent ? mailCodes.sendUnlessValid : mailCodes.send
    await transaction(db, async (tx) => await send(tx, 'verify_email', { ...user, email }))
    return { kind: 'sent' }
  }
