import { sql, type Kysely } from 'kysely'
import { listPaymentsOf } from '../store/payment-store.ts'
import type { PaymentRequestRow, PaymentsTables } from '../store/table-types.ts'
import { viewOf, type View } from './view.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables> }>

export type ReadPayPage = (subject_id: string, refreshes: number) => Promise<View>

/** Reads what the page of a payment link shows now. */
export const readPayPage =
  ({ db }: Needs): ReadPayPage =>
  async (subject_id, refreshes) => {
    const { rows } = await sql<PaymentRequestRow>`
      select * from payments.payment_requests where subject_id = ${subject_id}
    `.execute(db)
    return viewOf(rows[0], await listPaymentsOf(db, subject_id), refreshes)
  }
