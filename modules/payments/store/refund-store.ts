import { sql, type Kysely } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from '../payment.ts'
import type { PaymentsTables, RefundRow } from './table-types.ts'

type RequestedRefund = Pick<RefundRow, 'id' | 'amount' | 'requested_by' | 'user_id' | 'reason'> & Readonly<{ at: Date }>

/** Inserts a requested refund. Its amount counts as refunded from now on, and a job finishes it after a crash. */
export async function insertRefund(tx: AnyTx, { id, currency }: Payment, refund: RequestedRefund): Promise<void> {
  const { amount, requested_by, user_id, reason, at } = refund
  await sql`
    with payment as (
      update payments.payments set refunding_amount = refunding_amount + ${amount}, updated_at = ${at} where id = ${id}
    )
    insert into payments.refunds (id, payment_id, amount, currency, requested_by, user_id, reason, status, requested_at)
    values (${refund.id}, ${id}, ${amount}, ${currency}, ${requested_by}, ${user_id}, ${reason}, 'requested', ${at})
  `.execute(tx)
}

export async function findRefund(db: Kysely<PaymentsTables> | AnyTx, id: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`select * from payments.refunds where id = ${id}`.execute(db)
  return rows[0]
}
