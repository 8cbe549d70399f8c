import { sql } from 'kysely'
import type { Db } from '#platform/db'
import type { Metric } from '#platform/telemetry'

/** The orders of the grid that are not completed, by status. */
export const gridOrdersMetric = (db: Db): Metric => ({
  name: 'dispatch_grid_orders',
  help: 'Orders of the grid that are not completed, by status',
  labels: ['status'],
  read: async () => {
    const { rows } = await sql<{ status: string; value: number }>`
      select status, count(*)::int as value from dispatch.orders where status in ('created', 'assigned') group by 1
    `.execute(db)
    return rows.map(({ status, value }) => ({ labels: { status }, value }))
  },
})

/** The parcels that are not delivered, returned or cancelled, by status. */
export const openParcelsMetric = (db: Db): Metric => ({
  name: 'dispatch_open_parcels',
  help: 'Parcels that couriers have or that wait for one, by status',
  labels: ['status'],
  read: async () => {
    const { rows } = await sql<{ status: string; value: number }>`
      select status, count(*)::int as value from dispatch.parcels
      where status in ('waiting', 'offered', 'accepted', 'picked_up', 'failed') group by 1
    `.execute(db)
    return rows.map(({ status, value }) => ({ labels: { status }, value }))
  },
})
