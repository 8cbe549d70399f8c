import { sql } from 'kysely'
import { batched } from '#platform/db'
import { subscribe, publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { orderFulfilled } from '#ordering/events'
import { countSold, takeFromShelf } from '../hold-rows.ts'
import type { Shelf } from '../shelf.ts'
import { stockMoved } from '../stock-rows.ts'

type Needs = Readonly<{ now: Clock; shelf: Shelf }>

/** The customer has the goods: what was held is sold. */
export const hearOrderFulfilled = ({ now, shelf }: Needs) =>
  subscribe(orderFulfilled, async (tx, { payload: { order_id } }) => {
    const was = await sell(tx, order_id)
    if (!was) throw new Error(`Order ${order_id} is fulfilled, but nothing is held for it`)
    if (was === 'sold') return
    const [moves] = await Promise.all([takeFromShelf(tx, { order_id, at: now() }), countSold(tx, order_id)])
    await publish(tx, await stockMoved({ tx, shelf }, moves, 'pieces'))
  })

/** What the hold was before it is sold now; undefined where there is none to sell. */
const sell = batched<string, string | undefined>(async (tx, order_ids) => {
  const { rows } = await sql<{ order_id: string; was: string }>`
    update catalog.holds set state = 'sold', expires_at = null
    where order_id = any(${order_ids}::uuid[]) and state in ('held', 'firm', 'sold')
    returning order_id, old.state as was`.execute(tx)
  const was = new Map(rows.map((row) => [row.order_id, row.was]))
  return order_ids.map((order_id) => was.get(order_id))
})
