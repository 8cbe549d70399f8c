import { sql, type Kysely } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from '../payment.ts'
import type { PaymentRequestRow, PaymentRow, PaymentsTables } from './table-types.ts'

/** The CHECKs of the table mirror the union: each row carries exactly the facts of its status. */
export const paymentOf = (row: PaymentRow): Payment => row as Payment

/** Locks the payment request of a subject: every write about a subject locks it first. */
export async function lockPaymentRequest(tx: AnyTx, subject_id: string): Promise<PaymentRequestRow | undefined> {
  const { rows } = await sql<PaymentRequestRow>`
    select * from payments.payment_requests where subject_id = ${subject_id} for update
  `.execute(tx)
  return rows[0]
}

/** All payments of a subject, newest first. */
export async function listPaymentsOf(db: Kysely<PaymentsTables> | AnyTx, subject_id: string): Promise<Payment[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payments.payments where subject_id = ${subject_id} order by created_at desc, id desc
  `.execute(db)
  return rows.map(paymentOf)
}

export async function findPayment(db: Kysely<PaymentsTables> | AnyTx, id: string): Promise<Payment | undefined> {
  const { rows } = await sql<PaymentRow>`select * from payments.payments where id = ${id}`.execute(db)
  return rows[0] && paymentOf(rows[0])
}

/** Locks the payment request and reads the payment. Throws when there is none: payments are never deleted. */
export async function lockPayment(tx: AnyTx, { id, subject_id }: Pick<Payment, 'id' | 'subject_id'>) {
  const request = await lockPaymentRequest(tx, subject_id)
  const payment = await findPayment(tx, id)
  if (!request || !payment) throw new Error(`Payment ${id} of the subject ${subject_id} does not exist`)
  return { request, payment }
}
