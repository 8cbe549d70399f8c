import { sql } from 'kysely'
import { coalesced, type AnyTx } from '#platform/db'
import type { PaymentRequest, Tombstone } from '../payment-request.ts'
import { isOpen, type Payment } from '../payment.ts'
import { lockPaymentRequest } from './payment-requests.ts'
import { listPaymentsOf } from './payments.ts'

/** The payment request of a subject with all its payments for the current revision, newest first. */
export type RequestedSubject = Readonly<{ request: PaymentRequest | Tombstone; payments: readonly Payment[] }>

/** A request without a payment has one row without a payment. */
type Row = Pick<RequestedSubject, 'request'> & (Payment | Readonly<{ [Column in keyof Payment]: null }>)

const isPayment = (row: Row): row is Row & Payment => row.id !== null

/** One statement for the reads of concurrent buyers: a commit wakes many at once. */
export const findSubject = coalesced<string, RequestedSubject | undefined>(async (db, subject_ids) => {
  const { rows } = await sql<Row>`
    select to_jsonb(request) - 'created_at' - 'updated_at' as request, payment.*
    from payments.payment_requests as request left join payments.payments as payment using (subject_id, revision)
    where request.subject_id = any(${subject_ids}::uuid[])
    order by payment.created_at desc, payment.id desc
  `.execute(db)
  const bySubject = Map.groupBy(rows, ({ request }) => request.subject_id)
  return subject_ids.map((subject_id) => subjectOf(bySubject.get(subject_id.toLowerCase())))
})

function subjectOf(rows: readonly Row[] = []): RequestedSubject | undefined {
  const [first] = rows
  return (
    first && { request: first.request, payments: rows.filter(isPayment).map(({ request: _, ...payment }) => payment) }
  )
}

/** `isReplacing`: the sum has changed, and the payment of the old sum is being cancelled. */
type LockedSubject = RequestedSubject & Readonly<{ isReplacing: boolean }>

/** Locks the request of a subject, and reads its payments under the lock. */
export async function lockSubject(tx: AnyTx, subject_id: string): Promise<LockedSubject | undefined> {
  const request = await lockPaymentRequest(tx, subject_id)
  const all = await listPaymentsOf(tx, subject_id)
  if (!request) return undefined
  const [payments, earlier] = [
    all.filter(({ revision }) => revision === request.revision),
    all.filter(({ revision }) => revision < request.revision),
  ]
  return { request, payments, isReplacing: earlier.some(isOpen) }
}
