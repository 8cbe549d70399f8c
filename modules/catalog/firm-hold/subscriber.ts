import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { subscribe, publish } from '#platform/events'
import { shipmentRequested } from '#ordering/events'
import { retakeStock } from '../hold-rows.ts'
import type { Shelf } from '../shelf.ts'
import { stockMoved } from '../stock-rows.ts'

/** An order is paid or accepted: its hold no longer runs out. */
export const hearShipmentDue = ({ shelf }: Readonly<{ shelf: Shelf }>) =>
  subscribe(shipmentRequested, async (tx, { payload: { order_id } }) => {
    const state = await firm(tx, order_id)
    if (state === 'firm' || state === 'sold') return
    if (state !== 'expired') throw new Error(`Order ${order_id} is due for shipment, its hold is ${state ?? 'unknown'}`)
    await takeBack(tx, order_id, shelf)
  })

/** What the hold is from now on; undefined where there is none. */
const firm = batched<string, string | undefined>(async (tx, order_ids) => {
  const { rows } = await sql<{ order_id: string; state: string }>`
    update catalog.holds set
      state = case state when 'held' then 'firm' else state end,
      expires_at = null
    where order_id = any(${order_ids}::uuid[]) returning order_id, state`.execute(tx)
  const states = new Map(rows.map(({ order_id, state }) => [order_id, state]))
  return order_ids.map((order_id) => states.get(order_id))
})

/** The money came after the hold ran out. While pieces are missing this waits, parked where staff see it. */
async function takeBack(tx: AnyTx, order_id: string, shelf: Shelf): Promise<void> {
  const { moves, whole } = await retakeStock(tx, order_id)
  if (!whole) throw new Error(`Order ${order_id} was paid after its hold expired, and its goods are sold out`)
  await sql`update catalog.holds set state = 'firm' where order_id = ${order_id}`.execute(tx)
  await publish(tx, await stockMoved({ tx, shelf }, moves, 'holds'))
}
