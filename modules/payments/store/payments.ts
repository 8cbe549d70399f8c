import { sql, type Insertable, type Transaction } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from '../payment.ts'
import { lockPaymentRequest } from './payment-requests.ts'
import type { PaymentsDb, PaymentsTables } from './tables.ts'
import { firstId, type PageAfter, type ScannedRow } from './scan.ts'

/** All payments of a subject, those for earlier revisions included, newest first. CHECKs mirror the union: each row carries exactly the facts of its status. */
export async function listPaymentsOf(db: PaymentsDb | AnyTx, subject_id: string): Promise<Payment[]> {
  const { rows } = await sql<Payment>`
    select * from payments.payments where subject_id = ${subject_id} order by created_at desc, id desc
  `.execute(db)
  return rows
}

/** The payments for the current revision of a subject, newest first: they say whether it is paid. */
export async function listCurrentPaymentsOf(tx: AnyTx, subject_id: string): Promise<Payment[]> {
  const { rows } = await sql<Payment>`
    select payment.* from payments.payments as payment
      join payments.payment_requests as request using (subject_id, revision)
    where subject_id = ${subject_id} order by payment.created_at desc, payment.id desc
  `.execute(tx)
  return rows
}

export async function findPayment(db: PaymentsDb | AnyTx, id: string): Promise<Payment | undefined> {
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

type NewPayment = Insertable<PaymentsTables['payments.payments']>

export const insertPayment = (tx: Transaction<PaymentsTables>, payment: NewPayment): Promise<Payment> =>
  tx.insertInto('payments.payments').values(payment).returningAll().$castTo<Payment>().executeTakeFirstOrThrow()

type Ages = Readonly<{ createdBefore: Date; failedAfter: Date }>

const pageSize = 200

/**
 * A page of the online payments that a provider may have changed, newest first: open ones, and ones that failed recently.
 * Each half has an index.
 */
export const unsettledPaymentsAfter =
  (db: PaymentsDb, { createdBefore, failedAfter }: Ages): PageAfter =>
  async (after) => {
    const { rows } = await sql<ScannedRow>`
      select id, created_at::text as at from (
        select id, created_at from payments.payments where status in ('pending', 'processing') and method = 'online'
        union all
        select id, created_at from payments.payments
        where status = 'failed' and method = 'online' and updated_at > ${failedAfter}
      ) as payment
      where created_at < ${createdBefore} and (created_at, id) < (${after?.at ?? 'infinity'}::timestamptz, ${after?.id ?? firstId}::uuid)
      order by created_at desc, id desc limit ${pageSize}
    `.execute(db)
    return rows
  }
