import { sql, type Kysely } from 'kysely'
import type { Metric } from '#platform/telemetry'
import type { PaymentsTables } from './store/tables.ts'

/** The number of payments by status. */
export const paymentsMetric = (db: Kysely<PaymentsTables>): Metric => ({
  name: 'payments',
  help: 'Payments by status',
  labels: ['status'],
  read: async () => {
    const { rows } = await sql<{ status: string; value: number }>`
      select status, count(*) as value from payments.payments group by 1
    `.execute(db)
    return rows.map(({ status, value }) => ({ labels: { status }, value }))
  },
})
