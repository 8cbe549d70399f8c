import type { CatalogApi, IdleHold } from '#catalog'
import { after, minutes, type Clock } from '#platform/values'
import type { OrderingDb } from '../store.ts'

/**
 * The age of an abandoned hold. From the hold to its order are a few statements: the server ends each after 10 s, and a wait
 * for a connection ends after 5 s. So no attempt to place an order still relies on a hold that was not claimed for two
 * minutes. Should an order be later even so, the catalog takes its goods again when it is paid, or publishes `hold-lost`.
 */
const abandonedAfter = minutes(2)
const pageSize = 100
const start: IdleHold = { expires_at: new Date(0), order_id: '00000000-0000-0000-0000-000000000000' }

type Needs = Readonly<{
  db: OrderingDb
  now: Clock
  catalog: Pick<CatalogApi, 'listIdleHolds' | 'expireIdleHolds'>
  /** Milliseconds from the claim of a hold to its expiry. */
  holdTime: number
}>

export type ReleaseAbandonedHolds = (signal?: AbortSignal) => Promise<number>

/**
 * Expires the holds whose order or edit was never saved, because the process died between the two, and returns their number. The
 * first run of a process reads all holds of unpaid orders, a later one only those that became two minutes old since.
 */
export const releaseAbandonedHolds = ({ db, now, catalog, holdTime }: Needs): ReleaseAbandonedHolds => {
  let from = start
  return async (signal) => {
    const held_before = after(now(), -abandonedAfter)
    const since = { held_before, expires_before: after(held_before, holdTime) }
    let released = 0
    let last = from
    for (;;) {
      const page = await catalog.listIdleHolds(since, { after: last, limit: pageSize })
      const abandoned = await withoutOrder(
        db,
        page.map(({ order_id }) => order_id),
      )
      if (abandoned.length > 0) released += (await catalog.expireIdleHolds(abandoned, since)).length
      last = page.at(-1) ?? last
      if (signal?.aborted) return released
      if (page.length < pageSize) break
    }
    // A hold commits later than the moment that it names; the next run reads the last two minutes again.
    from = { ...start, expires_at: after(since.expires_before, -abandonedAfter) }
    return released
  }
}

async function withoutOrder(db: OrderingDb, order_ids: readonly string[]): Promise<readonly string[]> {
  if (order_ids.length === 0) return []
  const orders = db.selectFrom('ordering.orders').select('id').where('id', 'in', order_ids)
  const edits = db.selectFrom('ordering.edits').select('id').where('id', 'in', order_ids)
  const placed = new Set((await orders.unionAll(edits).execute()).map(({ id }) => id))
  return order_ids.filter((order_id) => !placed.has(order_id))
}
