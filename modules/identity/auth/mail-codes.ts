import { mailOf, type Letter, type MailQueue } from '#platform/mail'
import { isRefusal } from '#platform/outcome'
import { after, days, hours, type Clock } from '#platform/values'
import { resetLetter, verificationLetter } from '../letters.ts'
import type { MailCodePurpose } from '../schema.ts'
import { hasMailCode } from '../store/mail-codes.ts'
import type { IdentityTx } from '../store/tables.ts'
import type { User } from '../user.ts'
import type { LoginLimits } from './login-limits.ts'
import { newToken } from './refresh-tokens.ts'

/** The shop in e-mails: its name, and the origin of its links. */
export type Shop = Readonly<{ name: string; origin: () => string }>

/** A user with a mailbox. */
type Recipient = Pick<User, 'id' | 'name' | 'locale' | 'email_verified_at'> & Readonly<{ email: string }>

/** Sends codes by mail in the transaction of a slice. The database has only their hashes. */
export type MailCodes = Readonly<{
  send: (tx: IdentityTx, purpose: MailCodePurpose, user: Recipient) => Promise<void>
  /**
   * Sends a code to a mailbox whose e-mails are used up, unless it has one that works for half of its lifetime or more. So
   * others who request codes for the mailbox keep no code from its owner.
   */
  sendUnlessValid: (tx: IdentityTx, purpose: MailCodePurpose, user: Recipient) => Promise<void>
}>

type Needs = Readonly<{
  now: Clock
  limits: Pick<LoginLimits, 'takeSpareMail'>
  mail: Pick<MailQueue, 'send'>
  shop: Shop
}>
type Kind = Readonly<{ lifetime: number; path: string; letter: (writing: Parameters<typeof resetLetter>[0]) => Letter }>

/** The code is in the fragment of its link, which browsers do not send: no server and no proxy logs it. */
const kinds: Readonly<Record<MailCodePurpose, Kind>> = {
  verify_email: { lifetime: days(1), path: '/email/verify', letter: verificationLetter },
  reset_password: { lifetime: hours(1), path: '/password/reset', letter: resetLetter },
}

export function openMailCodes({ now, limits, mail, shop }: Needs): MailCodes {
  const send: MailCodes['send'] = async (tx, purpose, { id, locale, email, ...user }) => {
    // Another person may have registered the mailbox, and may have chosen the name as an advertisement.
    const name = user.email_verified_at === null ? '' : user.name
    const { lifetime, path, letter } = kinds[purpose]
    const { token, hash } = newToken()
    const created_at = now()
    await tx
      .insertInto('identity.mail_codes')
      .values({ hash, purpose, user_id: id, email, created_at, expires_at: after(created_at, lifetime) })
      .execute()
    const url = `${shop.origin()}${path}#${token}`
    await mail.send(tx, mailOf(letter({ to: email, name, locale, shop: shop.name, url, lifetime })))
  }
  return {
    send,
    sendUnlessValid: async (tx, purpose, user) => {
      const valid_at = after(now(), kinds[purpose].lifetime / 2)
      if (await hasMailCode(tx, { user_id: user.id, email: user.email, purpose, valid_at })) return
      if (!isRefusal(limits.takeSpareMail(user.email, purpose))) await send(tx, purpose, user)
    },
  }
}
