import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { minutes } from '#platform/values'
import type { FinishRefund } from '../finish-refund.ts'
import type { PaymentsTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; finish: FinishRefund }>

/** Keeps the promises that a crash, a silent bank or a second payment left behind. One that fails holds up no other. */
export const finishRefunds = ({ db, finish }: Needs): Job => ({
  name: 'payments.finish-refunds',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(5),
  work: async (_payload, signal) => {
    const { rows } = await sql<{ id: string }>`
      select id from payments.refunds where status = 'requested' order by requested_at limit 1000
    `.execute(db)
    const faults: unknown[] = []
    for (const { id } of rows) {
      if (signal.aborted) break
      await finish(id).catch((fault: unknown) => faults.push(fault))
    }
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} refunds are still to be finished`)
  },
})
