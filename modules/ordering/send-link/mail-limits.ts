import { addressKey, openLimiter, type Rates } from '#platform/limits'
import { mailboxOf, type Clock } from '#platform/values'

/**
 * True when one more e-mail may go to a mailbox because of a request from an address. A guest may enter the mailbox of
 * another person, and place and cancel orders in a loop.
 */
export type MayMail = (email: string, address: string) => boolean

/** Counts the e-mails by the rates `mail`, `mail_account` and `mail_address`. Throws when one of them is missing. */
export function openMailLimits(rates: Rates, now: Clock): MayMail {
  const limiter = openLimiter(rates, { name: 'order-links', now: () => now().getTime() })
  return (email, address) => {
    const [mailbox, network] = [mailboxOf(email) ?? email, addressKey(address)]
    // The address comes first, so that a refused address cannot use up the e-mails of a mailbox.
    const keys = [
      ['mail_address', network],
      ['mail', `${network} ${mailbox}`],
      ['mail_account', mailbox],
    ] as const
    return keys.every(([rate, key]) => limiter.take(rate, key)?.granted !== false)
  }
}
