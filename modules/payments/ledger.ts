import { sql } from 'kysely'
import { batched } from '#platform/db'
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
export const book = batched<Transfer, void>(async (tx, transfers) => {
  const entries = transfers.flatMap(({ transfer_id, payment, amount, at }) => {
    const entry = { transfer_id, currency: payment.currency, payment_id: payment.id, at }
    const purpose = payment.surplus ? 'surplus' : `sales:${payment.subject_type}`
    return [
      { ...entry, account: `provider:${payment.provider}`, amount },
      { ...entry, account: purpose, amount: -amount },
    ]
  })
  await sql`
    insert into payments.ledger (transfer_id, account, amount, currency, payment_id, at)
    select transfer_id, account, amount, currency, payment_id, at
    from jsonb_populate_recordset(null::payments.ledger, ${JSON.stringify(entries)})
  `.execute(tx)
})
