import { sql } from 'kysely'
import { batched } from '#platform/db'
import type { PaidPayment } from '../payment.ts'

type Transfer = Readonly<{
  /** The payment's id for its capture, the refund's id for a refund: a unique constraint refuses a second booking. */
  transfer_id: string
  payment: Pick<PaidPayment, 'id' | 'subject_type' | 'provider' | 'currency' | 'surplus'>
  /** Positive when the buyer pays, negative when the buyer is refunded. */
  amount: number
  at: Date
}>

/** Books a transfer between the account of the provider and the account of what was sold. */
export const insertTransfer = batched<Transfer, void>(async (tx, transfers) => {
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
