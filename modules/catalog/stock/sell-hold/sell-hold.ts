import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { HoldState } from '../schema.ts'
import { countSold, removeSoldStock } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

export type SellHold = (tx: AnyTx, order_id: string) => Promise<void>

/** Turns the hold of a fulfilled order into a sale: its pieces leave the stock. Throws when the order has no hold. */
export const sellHold =
  ({ now, catalogCache }: Needs): SellHold =>
  async (tx, order_id) => {
    const before = await updateToSold(tx, order_id)
    if (!before) throw new Error(`Order ${order_id} is fulfilled, but it has no hold`)
    if (before === 'sold') return
    const [changes] = await Promise.all([removeSoldStock(tx, { order_id, at: now() }), countSold(tx, order_id)])
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes, 'pieces'))
  }

/** Returns the state before the update; undefined when the order has no hold that can be sold. */
const updateToSold = batched<string, HoldState | undefined>(async (tx, order_ids) => {
  const { rows } = await sql<{ order_id: string; before: HoldState }>`
    update catalog.holds set state = 'sold', expires_at = null
    where order_id = any(${order_ids}::uuid[]) and state in ('held', 'firm', 'sold')
    returning order_id, old.state as before`.execute(tx)
  const before = new Map(rows.map((row) => [row.order_id, row.before]))
  return order_ids.map((order_id) => before.get(order_id))
})
