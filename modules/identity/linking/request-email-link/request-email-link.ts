import { transaction } from '#platform/db'
import { mailOf, type MailQueue } from '#platform/mail'
import { isRefusal, type Refused } from '#platform/outcome'
import { after, minutes, type Clock, type Locale } from '#platform/values'
import type { LoginLimits } from '../../auth/login-limits.ts'
import type { Shop } from '../../auth/mail-codes.ts'
import type { OwnerRefused, ProveOwner } from '../../auth/owner-proof.ts'
import { linkLetter } from '../../letters.ts'
import { listIdentities } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { foldEmail } from '../../user.ts'
import type { LinkCodes } from '../auth/link-codes.ts'
import { mayLinkEmail } from '../merge.ts'
import { saveEmailLink } from '../store/email-links.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  proveOwner: ProveOwner
  linkCodes: LinkCodes
  mail: Pick<MailQueue, 'send'>
  shop: Shop
}>
type RequestEmailLinkInput = Readonly<{
  user_id: string
  session_id: string
  email: string
  password?: string | undefined
  locale: Locale
  address: string
}>
export type RequestEmailLinkOutcome = Readonly<{ kind: 'requested' }> | OwnerRefused | Refused<'email-not-verified'>
export type RequestEmailLink = (input: RequestEmailLinkInput) => Promise<RequestEmailLinkOutcome>

export const codeLifetime = minutes(15)

/** Sends a code to a mailbox that the user adds. A free mailbox and that of another account get the same e-mail and answer. */
export const requestEmailLink =
  ({ db, now, limits, proveOwner, linkCodes, mail, shop }: Needs): RequestEmailLink =>
  async ({ session_id, locale, address, ...input }) => {
    const email = foldEmail(input.email)
    const proof = await proveOwner({ ...input, session_id })
    if (isRefusal(proof)) return proof
    if (!mayLinkEmail(await listIdentities(db, input.user_id), email)) {
      return { kind: 'refused', reason: 'email-not-verified' }
    }
    const attempt = limits.takeMail(email, address)
    if (isRefusal(attempt)) return attempt
    const spare = attempt.isSpent ? limits.takeSpareMail(email, 'link_email') : attempt
    if (isRefusal(spare)) return spare
    const { code, code_hmac } = linkCodes.draw(session_id, email)
    await transaction(db, async (tx) => {
      await saveEmailLink(tx, { session_id, email, code_hmac, expires_at: after(now(), codeLifetime) })
      await mail.send(tx, mailOf(linkLetter({ to: email, locale, shop: shop.name, code, lifetime: codeLifetime })))
    })
    return { kind: 'requested' }
  }
