import { sql } from 'kysely'
import type { Metric } from '#platform/telemetry'
import type { PaymentsDb } from './store/tables.ts'

/** Payments that are not done. The ended ones would take longer to count at every reading than all other metrics. */
export const paymentsMetric = (db: PaymentsDb): Metric => ({
  name: 'payments',
  help: 'Payments that are open, and those that failed within a day, by status',
  labels: ['status'],
  read: async () => {
    const { rows } = await sql<{ status: string; value: number }>`
      select status, count(*) as value from payments.payments where status in ('pending', 'processing') group by 1
      union all
      select 'failed', count(*) from payments.payments where status = 'failed' and updated_at > now() - interval '1 day'
    `.execute(db)
    return rows.map(({ status, value }) => ({ labels: { status }, value }))
  },
})

/** Refunds that the provider has not confirmed. */
export const refundsMetric = (db: PaymentsDb): Metric => ({
  name: 'refunds_requested',
  help: 'Refunds that the payment provider has not confirmed',
  read: async () => {
    const { rows } = await sql<{ value: number }>`
      select count(*) as value from payments.refunds where status = 'requested'
    `.execute(db)
    return rows
  },
})
