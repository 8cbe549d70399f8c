import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { PaidPayment } from './payment.ts'

type Transfer = Readonly<{
  /** The payment's id for its capture, the refund's for a refund: nothing can be booked twice. */
  transfer_id: string
  payment: Pick<PaidPayment, 'id' | 'subject_type' | 'provider' | 'currency' | 'surplus'>
  /** Positive when money comes to us, negative when it goes back to the buyer. */
  amount: number
  at: Date
}>

/** Books a transfer between what a provider holds for us and what it was paid for. */
export async function book(tx: AnyTx, { transfer_id, payment, amount, at }: Transfer): Promise<void> {
  const purpose = payment.surplus ? 'surplus' : `sales:${payment.subject_type}`
  await sql`
    insert into payments.ledger (transfer_id, account, amount, currency, payment_id, at)
    values (${transfer_id}, ${`provider:${payment.provider}`}, ${amount}, ${payment.currency}, ${payment.id}, ${at}),
           (${transfer_id}, ${purpose}, ${-amount}, ${payment.currency}, ${payment.id}, ${at})
  `.execute(tx)
}
