import { transaction } from '#platform/db'
import { enqueue } from '#platform/jobs'
import { isRefusal } from '#platform/outcome'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { MailCodes } from '../../auth/mail-codes.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { foldEmail } from '../../user.ts'
import { sendPasswordResetJob } from './job.ts'

type Needs = Readonly<{ db: IdentityDb; limits: LoginLimits; mailCodes: MailCodes }>
type RequestPasswordResetInput = Readonly<{ email: string; address: string }>
export type RequestPasswordResetOutcome = Readonly<{ kind: 'requested' }> | TooManyAttempts
export type RequestPasswordReset = (input: RequestPasswordResetInput) => Promise<RequestPasswordResetOutcome>

const attempts = 5

/**
 * Enqueues the request. Known and unknown e-mails cost the same statements and get the same answer, so that neither the
 * answer nor its time shows who has an account. When others have used up the e-mails of the mailbox, its owner gets one only
 * if no earlier link works.
 */
export const requestPasswordReset = ({ db, limits, mailCodes }: Needs): RequestPasswordReset => {
  const job = sendPasswordResetJob({ db, mailCodes })
  return async ({ address, ...input }) => {
    const email = foldEmail(input.email)
    const attempt = limits.takeMail(email, address)
    if (isRefusal(attempt)) return attempt
    await transaction(
      db,
      async (tx) => await enqueue(tx, job, { payload: { email, is_spent: attempt.isSpent }, attempts }),
    )
    return { kind: 'requested' }
  }
}
