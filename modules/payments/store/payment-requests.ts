import { sql } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import type { PaymentRequest, Tombstone } from '../payment-request.ts'
import type { PaymentsDb } from './tables.ts'

/** A CHECK of the table keeps the facts of a request together: a row is a request or a tombstone. */
type Row = PaymentRequest | Tombstone

/** Locks the payment request of a subject: every write about a subject locks it first. */
export async function lockPaymentRequest(tx: AnyTx, subject_id: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select * from payments.payment_requests where subject_id = ${subject_id} for update
  `.execute(tx)
  return rows[0]
}

/** All requests that one commit wakes read the database with one statement. */
export const findPaymentRequest = batched<string, Row | undefined, Db>(async (db, subject_ids) => {
  const { rows } = await sql<Row>`
    select * from payments.payment_requests where subject_id = any(${subject_ids}::uuid[])
  `.execute(db)
  const bySubject = new Map(rows.map((row) => [row.subject_id, row]))
  return subject_ids.map((subject_id) => bySubject.get(subject_id.toLowerCase()))
})

type ClosedRequest = Readonly<{
  subject_type: string
  subject_id: string
  /** A payment for an earlier revision does not count; all of them count when absent. */
  revision?: number | undefined
  reason: string
  at: Date
}>

/** Cancels the payment request of a subject. A request that has not arrived yet gets a tombstone. */
export async function saveCancelledRequest(
  db: PaymentsDb,
  { subject_type, subject_id, revision = 1, reason, at }: ClosedRequest,
): Promise<void> {
  await sql`
    insert into payments.payment_requests (subject_id, subject_type, revision, status, reason, created_at, updated_at)
    values (${subject_id}, ${subject_type}, ${revision}, 'cancelled', ${reason}, ${at}, ${at})
    on conflict (subject_id) do update set status = 'cancelled', reason = excluded.reason,
      revision = greatest(payment_requests.revision, excluded.revision),
      -- A repeat is no change: the check of refunds counts from the first cancellation.
      updated_at = case when payment_requests.status = 'cancelled' then payment_requests.updated_at else excluded.updated_at end
  `.execute(db)
}

type Revision = Readonly<{ subject_id: string; revision: number; amount: number; at: Date }>

/** The sum to pay has changed: the request is open again. */
export async function updateRevision(tx: AnyTx, { subject_id, revision, amount, at }: Revision): Promise<void> {
  await sql`
    update payments.payment_requests set status = 'open', revision = ${revision}, amount = ${amount}, updated_at = ${at}
    where subject_id = ${subject_id}
  `.execute(tx)
}

export async function updateToSettled(tx: AnyTx, subject_id: string, at: Date): Promise<void> {
  await sql`
    update payments.payment_requests set status = 'settled', updated_at = ${at} where subject_id = ${subject_id}
  `.execute(tx)
}
