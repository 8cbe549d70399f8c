import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from './payment.ts'

type Promised = Readonly<{
  id: string
  amount: number
  asked_by: 'staff' | 'not-due' | 'surplus'
  user_id: string | null
  reason: string
  at: Date
}>

/** Promises a refund: from now on it counts as gone, and it will be finished however often we crash. */
export async function promiseRefund(tx: AnyTx, { id, currency }: Payment, promised: Promised): Promise<void> {
  const { amount, asked_by, user_id, reason, at } = promised
  await sql`
    with promised as (
      update payments.payments set refunding_amount = refunding_amount + ${amount}, updated_at = ${at} where id = ${id}
    )
    insert into payments.refunds (id, payment_id, amount, currency, asked_by, user_id, reason, status, requested_at)
    values (${promised.id}, ${id}, ${amount}, ${currency}, ${asked_by}, ${user_id}, ${reason}, 'requested', ${at})
  `.execute(tx)
}
