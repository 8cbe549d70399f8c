import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { ProveMailbox } from '../../auth/prove-mailbox.ts'
import { hashOf } from '../../auth/refresh-tokens.ts'
import { useMailCode } from '../../store/mail-codes.ts'
import type { IdentityDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: IdentityDb; now: Clock; limits: LoginLimits; proveMailbox: ProveMailbox }>
export type VerifyEmailOutcome =
  | Readonly<{ kind: 'verified'; email: string; password_removed: boolean }>
  | Refused<'invalid-code'>
  | TooManyAttempts
/** `session_id`: the session of the request; absent without one. */
type VerifyEmailInput = Readonly<{ code: string; session_id?: string | undefined; address: string }>
export type VerifyEmail = (input: VerifyEmailInput) => Promise<VerifyEmailOutcome>

const invalid = { kind: 'refused', reason: 'invalid-code' } as const

/**
 * Verifies the mailbox to which a code was sent. The code works once, also for a browser that is not signed in. Its reader may
 * then not be the person who registered the mailbox, so the first proof removes the password and ends the sessions.
 */
export const verifyEmail =
  ({ db, now, limits, proveMailbox }: Needs): VerifyEmail =>
  async ({ code, session_id, address }) => {
    const attempt = limits.takeCode(address)
    if (isRefusal(attempt)) return attempt
    const outcome = await transaction(db, async (tx): Promise<VerifyEmailOutcome> => {
      const used = await useMailCode(tx, { hash: hashOf(code), purpose: 'verify_email', now: now() })
      const proven = used ? await proveMailbox(tx, { ...used, session_id }) : 'not-holder'
      if (!used || proven === 'not-holder') return invalid
      return { kind: 'verified', email: used.email, password_removed: proven === 'password-removed' }
    })
    if (!isRefusal(outcome)) attempt.cancel()
    return outcome
  }
