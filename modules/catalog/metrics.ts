import { sql } from 'kysely'
import type { Metric } from '#platform/telemetry'
import type { CatalogDb } from './store/tables.ts'

export const holdsMetric = (db: CatalogDb): Metric => ({
  name: 'holds',
  help: 'Orders whose stock is held, by whether the hold is firm',
  labels: ['state'],
  read: async () => {
    const { rows } = await sql<{ state: string; value: number }>`
      select state, count(*) as value from catalog.holds where state in ('held', 'firm') group by 1
    `.execute(db)
    return rows.map(({ state, value }) => ({ labels: { state }, value }))
  },
})
