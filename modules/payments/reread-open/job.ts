import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { after, hours, minutes, type Clock } from '#platform/values'
import type { PaymentsTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; now: Clock; settle: (payment_id: string) => Promise<unknown> }>

/**
 * Notifications get lost, and banks take money late: what has been open for a minute, and what failed within the hour, is
 * read again at its provider, newest first.
 */
export const rereadOpen = ({ db, now, settle }: Needs): Job => ({
  name: 'payments.reread-open',
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
    const faults: unknown[] = []
    for (const { id } of rows) {
      if (signal.aborted) break
      await settle(id).catch((fault: unknown) => faults.push(fault))
    }
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} payments could not be read again`)
  },
})
