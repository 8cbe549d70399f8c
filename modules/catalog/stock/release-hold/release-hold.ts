import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { freeHeldStock } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

export type ReleaseHold = (tx: AnyTx, order_id: string) => Promise<void>

/** Frees the hold of an order. An order without a hold gets a tombstone: a hold that arrives later is refused. */
export const releaseHold =
  ({ now, catalogCache }: Needs): ReleaseHold =>
  async (tx, order_id) => {
    const { rows } = await sql<{ order_id: string }>`
      insert into catalog.holds (order_id, state, held_at, lines, total_amount, currency)
      values (${order_id}, 'released', ${now()}, '[]', 0, 'RUB')
      on conflict (order_id) do update set state = 'released', expires_at = null
        where holds.state in ('held', 'firm')
      returning order_id`.execute(tx)
    if (rows.length === 0) return
    await publish(tx, await saveAvailability({ tx, catalogCache }, await freeHeldStock(tx, [order_id]), 'holds'))
  }
