import { sql, type Kysely } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { Payment } from './payment.ts'
import type { DueRow, PaymentRow, PaymentsTables } from './tables.ts'

/** The CHECKs of the table mirror the union: each row carries exactly the facts of its status. */
export const paymentOf = (row: PaymentRow): Payment => row as Payment

/** What is due for a subject, locked: whoever writes anything of a subject locks this first. */
export async function lockDue(tx: AnyTx, subject_id: string): Promise<DueRow | undefined> {
  const { rows } = await sql<DueRow>`
    select * from payments.dues where subject_id = ${subject_id} for update
  `.execute(tx)
  return rows[0]
}

/** Every attempt to get what is due for a subject, newest first. */
export async function attemptsOf(db: Kysely<PaymentsTables> | AnyTx, subject_id: string): Promise<Payment[]> {
  const { rows } = await sql<PaymentRow>`
    select * from payments.payments where subject_id = ${subject_id} order by created_at desc, id desc
  `.execute(db)
  return rows.map(paymentOf)
}

export async function paymentById(db: Kysely<PaymentsTables> | AnyTx, id: string): Promise<Payment | undefined> {
  const { rows } = await sql<PaymentRow>`select * from payments.payments where id = ${id}`.execute(db)
  return rows[0] && paymentOf(rows[0])
}

/** A payment and what is due for its subject, locked. Throws when there is none: payments are never deleted. */
export async function lockPayment(tx: AnyTx, { id, subject_id }: Pick<Payment, 'id' | 'subject_id'>) {
  const due = await lockDue(tx, subject_id)
  const payment = await paymentById(tx, id)
  if (!due || !payment) throw new Error(`Payment ${id} is gone`)
  return { due, payment }
}
