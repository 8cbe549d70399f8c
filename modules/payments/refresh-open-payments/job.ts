import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { after, hours, minutes, type Clock } from '#platform/values'
import type { PaymentsTables } from '../store/table-types.ts'

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  now: Clock
  settlePayment: (payment_id: string) => Promise<unknown>
}>

/**
 * Reads payments at their provider, newest first: those that have been open for a minute, and those that failed within
 * the hour. Webhooks get lost, and banks take money late.
 */
export const refreshOpenPayments = ({ db, now, settlePayment }: Needs): Job => ({
  name: 'payments.refresh-open-payments',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: minutes(5),
  work: async (_payload, signal) => {
    const { rows } = await sql<{ id: string }>`
      select id from payments.payments
      where method = 'online' and created_at < ${after(now(), -minutes(1))}
        and (status in ('pending', 'processing') or (status = 'failed' and created_at > ${after(now(), -hours(1))}))
      order by created_at desc limit 1000
    `.execute(db)
    const errors: unknown[] = []
    for (const { id } of rows) {
      if (signal.aborted) break
      await settlePayment(id).catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} payments could not be read`)
  },
})
