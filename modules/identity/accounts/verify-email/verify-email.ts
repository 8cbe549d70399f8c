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
  | Readonly<{ kind: 'verified'; email: string }>
  | Refused<'invalid-code'>
  | TooManyAttempts
export type VerifyEmail = (input: Readonly<{ code: string; address: string }>) => Promise<VerifyEmailOutcome>

const invalid = { kind: 'refused', reason: 'invalid-code' } as const

/** Verifies the mailbox to which a code was sent. The code works once, also for a browser that is not signed in. */
export const verifyEmail =
  ({ db, now, limits, proveMailbox }: Needs): VerifyEmail =>
  async ({ code, address }) => {
    const attempt = limits.takeCode(address)
    if (isRefusal(attempt)) return attempt
    const outcome = await transaction(db, async (tx): Promise<VerifyEmailOutcome> => {
      const used = await useMailCode(tx, { hash: hashOf(code), purpose: 'verify_email', now: now() })
      if (!used || !(await proveMailbox(tx, used))) return invalid
      return { kind: 'verified', email: used.email }
    })
    if (!isRefusal(outcome)) attempt.cancel()
    return outcome
  }
