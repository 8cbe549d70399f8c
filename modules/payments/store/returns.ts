import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from '../payment.ts'

/** A return of a buyer. `ended_at`: null while its refund is due. */
export type ReturnToRefund = Readonly<{ return_id: string; subject_id: string; ended_at: Date | null }>

/** A return that has ended stays so, in whichever order its events are handled. */
export async function saveReturn(tx: AnyTx, { return_id, subject_id, ended_at }: ReturnToRefund): Promise<void> {
  await sql`
    insert into payments.returns (return_id, subject_id, ended_at) values (${return_id}, ${subject_id}, ${ended_at}::timestamptz)
    on conflict (return_id) do update set ended_at = coalesce(returns.ended_at, excluded.ended_at)
  `.execute(tx)
}

/**
 * True while the refund of a return is due that this payment pays: a refund by staff beside it would pay the buyer twice. A
 * surplus, or a payment of an earlier revision, pays no return.
 */
export async function awaitsReturn(tx: AnyTx, { id }: Payment): Promise<boolean> {
  const { rows } = await sql`
    select from payments.returns as awaited join payments.payments as payment using (subject_id)
      join payments.payment_requests as request using (subject_id, revision)
    where payment.id = ${id} and not payment.surplus and awaited.ended_at is null limit 1
  `.execute(tx)
  return rows.length > 0
}
