import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { freeStock } from '../hold-rows.ts'
import type { Shelf } from '../shelf.ts'
import { stockMoved } from '../stock-rows.ts'

type Needs = Readonly<{ now: Clock; shelf: Shelf }>

/** Frees the hold of an order. Where there is none a tombstone stays, so that one on its way comes too late. */
export async function release(tx: AnyTx, order_id: string, { now, shelf }: Needs): Promise<void> {
  const { rows } = await sql<{ order_id: string }>`
    insert into catalog.holds (order_id, state, held_at, lines, total_amount, currency)
    values (${order_id}, 'released', ${now()}, '[]', 0, 'RUB')
    on conflict (order_id) do update set state = 'released', expires_at = null
      where holds.state in ('held', 'firm')
    returning order_id`.execute(tx)
  if (rows.length === 0) return
  await publish(tx, await stockMoved({ tx, shelf }, await freeStock(tx, [order_id]), 'holds'))
}
