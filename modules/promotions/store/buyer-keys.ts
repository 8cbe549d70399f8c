import { createHmac } from 'node:crypto'
import { mailboxOf, phoneDigitsOf } from '#platform/values'
import type { PromotionBuyer } from '../api.ts'

/** Finds the keys by which the uses of a buyer count. */
export type BuyerKeysOf = (buyer: PromotionBuyer) => readonly string[]

/**
 * An account counts by itself, and everybody by the e-mail and the phone of the order: accounts are free, and one person could
 * use a coupon for first orders with a new account each time. A verified account counts only by itself and its proven e-mail:
 * a guest who types its contacts uses up nothing of it. The keys outlive the order and the account, so contacts are
 * stored as hashes under a secret: ten digits of a phone would be found from a plain hash in seconds.
 */
export const buyerKeys =
  (secret: string): BuyerKeysOf =>
  ({ user_id, email, phone, is_verified = false }) => {
    const hashOf = (contact: string) => createHmac('sha256', secret).update(contact).digest('base64url')
    const mailbox = mailboxOf(email ?? '')
    const digits = is_verified ? undefined : phoneDigitsOf(phone ?? '')
    return [
      ...(user_id === null ? [] : [accountKeyOf(user_id)]),
      ...(mailbox === undefined ? [] : [`${is_verified ? 'proven-email' : 'email'}:${hashOf(mailbox)}`]),
      ...(digits === undefined ? [] : [`phone:${hashOf(digits)}`]),
    ]
  }

export const accountKeyOf = (user_id: string): string => `account:${user_id.toLowerCase()}`
