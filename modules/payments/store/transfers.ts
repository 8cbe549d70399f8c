import { sql, type RawBuilder } from 'kysely'
import { batched } from '#platform/db'
import type { PaidPayment } from '../payment.ts'

/**
 * Books each row of the query `transfers` between the account of the provider and the account of what was sold. The unique
 * constraint on `transfer_id` refuses a second booking.
 */
export const insertEntries = (transfers: RawBuilder<unknown>) => sql`
  insert into payments.ledger (transfer_id, account, amount, currency, payment_id, at)
  select transfer_id, entry.account, entry.amount, currency, payment_id, at
  from (${transfers}) as transfer, lateral (values
    ('provider:' || transfer.provider, transfer.amount),
    (case when transfer.surplus then 'surplus' else 'sales:' || transfer.subject_type end, -transfer.amount)
  ) as entry(account, amount)`

type Transfer = Readonly<{
  /** The payment's id for its capture, the refund's id for a refund. */
  transfer_id: string
  payment: Pick<PaidPayment, 'id' | 'subject_type' | 'provider' | 'currency' | 'surplus'>
  /** Positive when the buyer pays, negative when the buyer is refunded. */
  amount: number
  at: Date
}>

/** Books a transfer. */
export const insertTransfer = batched<Transfer, void>(async (tx, transfers) => {
  const rows = transfers.map(({ payment: { id: payment_id, ...payment }, ...transfer }) => ({
    ...payment,
    ...transfer,
    payment_id,
  }))
  await insertEntries(sql`
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as transfer(
      transfer_id uuid, payment_id uuid, subject_type text, provider text, currency text, surplus boolean,
      amount bigint, at timestamptz)`).execute(tx)
})
