import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Job } from '#platform/jobs'
import { seconds, type Clock } from '#platform/values'
import { holdExpired } from '../events.ts'
import { freeStock } from '../hold-rows.ts'
import type { Shelf } from '../shelf.ts'
import { stockMoved } from '../stock-rows.ts'
import type { CatalogTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

const batch = 100

/** Frees the holds that ran out and tells so. Several processes share the work: each takes what no other has. A signal ends it between batches. */
export const expireHolds =
  ({ db, now, shelf }: Needs) =>
  async (signal?: AbortSignal): Promise<number> => {
    for (let expired = 0; ;) {
      const count = await transaction(db, async (tx) => {
        const { rows } = await sql<{ order_id: string }>`
          update catalog.holds set state = 'expired', expires_at = null
          where order_id = any(array(
            select order_id from catalog.holds where state = 'held' and expires_at <= ${now()}
            order by expires_at limit ${batch} for update skip locked))
          returning order_id`.execute(tx)
        const order_ids = rows.map(({ order_id }) => order_id)
        if (order_ids.length === 0) return 0
        const changes = await stockMoved({ tx, shelf }, await freeStock(tx, order_ids), 'holds')
        await publish(tx, [...order_ids.map((order_id) => holdExpired({ order_id })), ...changes])
        return order_ids.length
      })
      expired += count
      if (count < batch || signal?.aborted) return expired
    }
  }

/** A hold outlives the time to pay by a quarter of an hour: a minute more is soon enough. */
export const expireHoldsJob = (needs: Needs): Job => {
  const expire = expireHolds(needs)
  return {
    name: 'catalog.expire-holds',
    payload: Type.Object({}),
    cron: '* * * * *',
    timeLimit: seconds(58),
    work: async (_, signal) => void (await expire(signal)),
  }
}
