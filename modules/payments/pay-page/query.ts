import { sql, type Kysely } from 'kysely'
import { attemptsOf } from '../subject.ts'
import type { DueRow, PaymentsTables } from '../tables.ts'
import { viewOf, type View } from './view.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables> }>

export type ReadPayPage = (subject_id: string, looks: number) => Promise<View>

/** What a pay link shows now. */
export const readPayPage =
  ({ db }: Needs): ReadPayPage =>
  async (subject_id, looks) => {
    const { rows } = await sql<DueRow>`select * from payments.dues where subject_id = ${subject_id}`.execute(db)
    return viewOf(rows[0], await attemptsOf(db, subject_id), looks)
  }
