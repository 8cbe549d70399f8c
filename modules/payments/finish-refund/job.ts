import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { PaymentsTables } from '../store/table-types.ts'
import type { FinishRefund } from './finish-refund.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; finishRefund: FinishRefund }>

/** Finishes refunds that a crash, a silent provider or a surplus left open. A refund that fails does not stop the others. */
export const finishRefunds = ({ db, finishRefund }: Needs): Job => ({
  name: 'payments.finish-refunds',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(5),
  work: async (_payload, signal) => {
    const { rows } = await sql<{ id: string }>`
      select id from payments.refunds where status = 'requested' order by requested_at limit 1000
    `.execute(db)
    const errors: unknown[] = []
    for (const { id } of rows) {
      if (signal.aborted) break
      await finishRefund(id).catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} refunds are still open`)
  },
})
