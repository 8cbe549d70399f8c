import { sql, type Kysely } from 'kysely'
import type { Payment } from '../payment.ts'
import { attemptsOf, paymentById } from '../subject.ts'
import type { PaymentsTables } from '../tables.ts'

/** Whose payments may be seen: those of one person, or everybody's. */
export type Viewer = Readonly<{ user_id: string } | { sees: 'all' }>

export type ShowPayment = (id: string, viewer: Viewer) => Promise<Payment | undefined>
export type ListPayments = (subject_id: string, viewer: Viewer) => Promise<readonly Payment[] | undefined>

type Needs = Readonly<{ db: Kysely<PaymentsTables> }>

export const showPayment =
  ({ db }: Needs): ShowPayment =>
  async (id, viewer) => {
    const payment = await paymentById(db, id)
    return payment && isFor(viewer, payment.user_id) ? payment : undefined
  }

/** Undefined when nothing was ever due for the subject, or it is not for this viewer. */
export const listPayments =
  ({ db }: Needs): ListPayments =>
  async (subject_id, viewer) => {
    const { rows } = await sql<{ user_id: string | null }>`
      select user_id from payments.dues where subject_id = ${subject_id}
    `.execute(db)
    if (!rows[0] || !isFor(viewer, rows[0].user_id)) return undefined
    return await attemptsOf(db, subject_id)
  }

const isFor = (viewer: Viewer, user_id: string | null) => 'sees' in viewer || viewer.user_id === user_id
