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

/** `arrived`: the parcel is in the shop, and staff have not counted its goods. */
const openReturn = sql`
  select order_id, case when arrived_at is null then 'expected' else 'arrived' end as state,
    extract(epoch from now() - coalesce(arrived_at, expected_at)) as age
  from catalog.returns where expected_at is not null and received_at is null`

export const returnsMetric = (db: CatalogDb): Metric => ({
  name: 'goods_in_return',
  help: 'Pieces of cancelled orders that are outside the shop (expected) or wait there to be counted (arrived)',
  labels: ['state'],
  read: async () => {
    const { rows } = await sql<{ state: string; value: number }>`
      select state, sum(pieces)::int as value
      from (${openReturn}) as r join catalog.return_items using (order_id) group by 1`.execute(db)
    return rows.map(({ state, value }) => ({ labels: { state }, value }))
  },
})

export const oldestReturnMetric = (db: CatalogDb): Metric => ({
  name: 'goods_in_return_oldest_seconds',
  help: 'Age of the oldest return that staff have not received: since its order was cancelled, or since its parcel arrived',
  labels: ['state'],
  read: async () => {
    const { rows } = await sql<{ state: string; value: number }>`
      select state, max(age)::float8 as value from (${openReturn}) as r group by 1`.execute(db)
    return rows.map(({ state, value }) => ({ labels: { state }, value }))
  },
})
