import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { holdLost } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { HoldState } from '../schema.ts'
import { reserveStockAgain } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ catalogCache: CatalogCache }>

export type FirmHold = (tx: AnyTx, order_id: string) => Promise<void>

/**
 * Makes the hold of a paid or accepted order firm: it no longer expires. An expired hold takes its stock again. Publishes
 * `hold-lost` when that is sold out: the order is then cancelled and refunded.
 */
export const firmHold =
  ({ catalogCache }: Needs): FirmHold =>
  async (tx, order_id) => {
    const state = await updateToFirm(tx, order_id)
    if (state === 'firm' || state === 'sold') return
    if (state !== 'expired')
      throw new Error(`ordering requested a shipment for order ${order_id}, but its hold is ${state ?? 'missing'}`)

    const changes = await reserveStockAgain(tx, order_id)
    if (changes === 'short') return await publish(tx, [holdLost({ order_id })])
    await sql`update catalog.holds set state = 'firm' where order_id = ${order_id}`.execute(tx)
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes, 'holds'))
  }

/** Returns the state after the update; undefined when the order has no hold. */
const updateToFirm = batched<string, HoldState | undefined>(async (tx, order_ids) => {
  const { rows } = await sql<{ order_id: string; state: HoldState }>`
    update catalog.holds set
      state = case state when 'held' then 'firm' else state end,
      expires_at = null
    where order_id = any(${order_ids}::uuid[]) returning order_id, state`.execute(tx)
  const states = new Map(rows.map(({ order_id, state }) => [order_id, state]))
  return order_ids.map((order_id) => states.get(order_id))
})
