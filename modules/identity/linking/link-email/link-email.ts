import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import { linkConflict } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { LinkCodes } from '../auth/link-codes.ts'
import type { LinkIdentity, LinkOutcome } from '../auth/link-identity.ts'
import { takeEmailLink, useEmailLink } from '../store/email-links.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  linkCodes: LinkCodes
  linkIdentity: LinkIdentity
}>
type LinkEmailInput = Readonly<{ user_id: string; session_id: string; code: string; address: string }>
export type LinkEmailOutcome = LinkOutcome | Refused<'invalid-code'> | TooManyAttempts
export type LinkEmail = (input: LinkEmailInput) => Promise<LinkEmailOutcome>

const invalid = { kind: 'refused', reason: 'invalid-code' } as const

/** Adds the mailbox whose code the user typed in, or offers to merge the account that has it. */
export const linkEmail =
  ({ db, now, limits, linkCodes, linkIdentity }: Needs): LinkEmail =>
  async ({ user_id, session_id, code, address }) => {
    const attempt = limits.takeCode(address)
    if (isRefusal(attempt)) return attempt
    const sent = await transaction(db, (tx) => takeEmailLink(tx, { session_id, now: now() }))
    if (!sent || !linkCodes.isRight(code, { session_id, ...sent })) return invalid
    const outcome = await transaction(
      db,
      async (tx): Promise<LinkEmailOutcome> => {
        if (!(await useEmailLink(tx, session_id, sent.code_hmac))) return invalid
        return await linkIdentity(tx, { user_id, session_id, provider: 'email', subject: sent.email })
      },
      { conflicts: linkConflict },
    )
    if (!isRefusal(outcome)) attempt.cancel()
    return outcome
  }
