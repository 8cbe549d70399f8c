import { sql } from 'kysely'
import type { Metric } from '#platform/telemetry'
import type { MediaDb } from './store.ts'

export const imagesMetric = (db: MediaDb): Metric => ({
  name: 'images',
  help: 'Images by status: pending ones wait for a worker, failed ones for staff',
  labels: ['status'],
  read: async () => {
    const { rows } = await sql<{ status: string; value: number }>`
      select status, count(*) as value from media.images group by 1
    `.execute(db)
    return rows.map(({ status, value }) => ({ labels: { status }, value }))
  },
})
