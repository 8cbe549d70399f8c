import { sql, type Kysely } from 'kysely'
import type { Payment } from '../payment.ts'
import { attemptsOf } from '../subject.ts'
import type { DueRow, PaymentsTables } from '../tables.ts'
import { viewOf, type View } from './view.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables> }>

export type PayPage = Readonly<{ view: View; open: Payment | undefined }>
export type ReadPayPage = (subject_id: string, looks: number) => Promise<PayPage>

/** What a pay link shows now, and the payment that its buttons speak of. */
export const readPayPage =
  ({ db }: Needs): ReadPayPage =>
  async (subject_id, looks) => {
    const { rows } = await sql<DueRow>`select * from payments.dues where subject_id = ${subject_id}`.execute(db)
    const attempts = await attemptsOf(db, subject_id)
    const view = viewOf(rows[0], attempts, looks)
    const isAsked = view.kind === 'asking' || view.kind === 'thinking'
    return { view, open: isAsked ? attempts[0] : undefined }
  }
