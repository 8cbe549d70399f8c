import type { AnyTx } from '#platform/db'
import type { Locale } from '#platform/values'

/** The mailbox of the buyer of a return, and what its e-mails say. */
export type Mailbox = Readonly<{
  email: string
  locale: Locale
  return_id: string
  order_number: string
  currency: string
  /** The page of the order. */
  url: string
}>

export type ReturnChange =
  | Readonly<{ event: 'approved' | 'refused'; answer: string | null }>
  | Readonly<{ event: 'refunded'; amount: number }>
  /** The return has ended, and nothing was refunded for it. */
  | Readonly<{ event: 'ended' }>

export type ReturnMail = Readonly<{
  /** Finds the mailbox of the buyer, before a transaction; undefined when she has none that is confirmed. */
  mailboxOf: (of: Readonly<{ return_id: string } | { refund_id: string }>) => Promise<Mailbox | undefined>
  /** Mails a change of a return in the transaction of its change. */
  send: (tx: AnyTx, mailbox: Mailbox | undefined, change: ReturnChange) => Promise<void>
}>
