import { sql, type RawBuilder } from 'kysely'
import { transaction } from '#platform/db'
import { shipmentRequested } from '#ordering/events'
import { listUnhandledKeys, publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../../api.ts'
import { holdExpired } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { HoldState } from '../schema.ts'
import { endHolds } from '../store/hold-items.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type ExpireHolds = (signal?: AbortSignal) => Promise<number>

const batchSize = 100
/** The catalog is so far behind that it expires nothing: many of the due holds may be paid. */
const maxUnhandled = 10_000

/**
 * Frees the expired holds in batches and returns their number. Several processes share the work: each skips the rows
 * that another has locked. An aborted `signal` ends the work after the batch. A hold does not expire while the catalog has
 * not handled the `shipment-requested` of its order, which is paid or accepted.
 */
export const expireHolds =
  ({ db, now, catalogCache }: Needs): ExpireHolds =>
  async (signal) => {
    const paid = await listUnhandledKeys(db, { group: 'catalog', type: shipmentRequested.type, limit: maxUnhandled })
    if (paid.length === maxUnhandled) return 0
    for (let expired = 0; ;) {
      const count = await transaction(db, async (tx) => {
        const { rows } = await sql<{ order_id: string }>`
          update catalog.holds set state = 'expired', expires_at = null
          where order_id = any(array(
            select order_id from catalog.holds where state = 'held' and expires_at <= ${now()} and order_id <> all(${paid}::uuid[])
            order by expires_at limit ${batchSize} for update skip locked))
          returning order_id`.execute(tx)
        const order_ids = rows.map(({ order_id }) => order_id)
        if (order_ids.length === 0) return 0
        const changes = await endHolds(
          tx,
          order_ids.map((order_id) => ({ order_id, movement: null })),
        )
        const stockEvents = await saveAvailability({ tx, catalogCache }, changes)
        await publish(tx, [...order_ids.map((order_id) => holdExpired({ order_id })), ...stockEvents])
        return order_ids.length
      })
      expired += count
      if (count < batchSize || signal?.aborted) return expired
    }
  }

/** Expires the hold of an order that never began. No event is published about the order. */
export const expireHold =
  (needs: Omit<Needs, 'now'>): CatalogApi['expireHold'] =>
  (order_id) =>
    endHeld(needs, order_id, sql`true`)

/** Withdraws one claim; the hold ends with the last one. */
export const withdrawHold =
  (needs: Omit<Needs, 'now'>): CatalogApi['withdrawHold'] =>
  (order_id) =>
    endHeld(needs, order_id, sql`claims = 1`)

/** Expires a hold under a condition, and otherwise takes one claim from it. */
const endHeld = (
  { db, catalogCache }: Omit<Needs, 'now'>,
  order_id: string,
  condition: RawBuilder<unknown>,
): Promise<void> =>
  transaction(db, async (tx) => {
    const { rows } = await sql<{ state: HoldState }>`
      update catalog.holds set
        claims = case when ${condition} then claims else claims - 1 end,
        expires_at = case when ${condition} then null else expires_at end,
        state = case when ${condition} then 'expired' else state end
      where order_id = ${order_id} and state = 'held' returning state`.execute(tx)
    if (rows[0]?.state !== 'expired') return
    const changes = await endHolds(tx, [{ order_id, movement: null }])
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
  })
