import { sql } from 'kysely'
import { hear, tell } from '#platform/events'
import type { Clock } from '#platform/words'
import { orderFulfilled } from '#ordering/events'
import { countSold, takeFromShelf } from '../hold-rows.ts'
import type { Shelf } from '../shelf.ts'
import { stockMoved } from '../stock-rows.ts'

type Needs = Readonly<{ now: Clock; shelf: Shelf }>

/** The customer has the goods: what was held is sold. */
export const hearOrderFulfilled = ({ now, shelf }: Needs) =>
  hear(orderFulfilled, async (tx, { payload: { order_id } }) => {
    const { rows } = await sql<{ was: string }>`
      update catalog.holds set state = 'sold', expires_at = null
      where order_id = ${order_id} and state in ('held', 'firm', 'sold')
      returning old.state as was`.execute(tx)
    const [hold] = rows
    if (!hold) throw new Error(`Order ${order_id} is fulfilled, but nothing is held for it`)
    if (hold.was === 'sold') return
    const moves = await takeFromShelf(tx, order_id, now())
    await countSold(tx, order_id)
    await tell(tx, await stockMoved({ tx, shelf }, moves, 'pieces'))
  })
