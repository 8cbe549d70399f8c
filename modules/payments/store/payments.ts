import { sql, type Kysely } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from '../payment.ts'
import { lockPaymentRequest } from './payment-requests.ts'
import type { PaymentsTables } from './tables.ts'

/** All payments of a subject, newest first. CHECKs mirror the union: each row carries exactly the facts of its status. */
export async function listPaymentsOf(db: Kysely<PaymentsTables> | AnyTx, subject_id: string): Promise<Payment[]> {
  const { rows } = await sql<Payment>`
    select * from payments.payments where subject_id = ${subject_id} order by created_at desc, id desc
  `.execute(db)
  return rows
}

export async function findPayment(db: Kysely<PaymentsTables> | AnyTx, id: string): Promise<Payment | undefined> {
  const { rows } = await sql<Payment>`select * from payments.payments where id = ${id}`.execute(db)
  return rows[0]
}

/** Locks the payment request and reads the payment. Throws when there is none: payments are never deleted. */
export async function lockPayment(tx: AnyTx, { id, subject_id }: Pick<Payment, 'id' | 'subject_id'>) {
  const request = await lockPaymentRequest(tx, subject_id)
  const payment = await findPayment(tx, id)
  if (!request || !payment) throw new Error(`The payment ${id} of the subject ${subject_id} does not exist`)
  return { request, payment }
}

type Ages = Readonly<{ createdBefore: Date; failedAfter: Date; limit: number }>

/** Online payments that a provider may have changed, newest first: open ones, and ones that failed recently. */
export async function listUnsettledPayments(
  db: Kysely<PaymentsTables>,
  { createdBefore, failedAfter, limit }: Ages,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from payments.payments
    where method = 'online' and created_at < ${createdBefore}
      and (status in ('pending', 'processing') or (status = 'failed' and created_at > ${failedAfter}))
    order by created_at desc limit ${limit}
  `.execute(db)
  return rows.map(({ id }) => id)
}
