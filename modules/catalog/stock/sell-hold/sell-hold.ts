import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { settleHold } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

export type SellHold = (tx: AnyTx, order_id: string) => Promise<void>

/**
 * Turns the hold of a fulfilled order into a sale: its pieces leave the stock. When the hold had expired, the pieces come from
 * the free stock. Throws when there are too few, or no hold: the event is parked, and staff must correct the stock.
 */
export const sellHold =
  ({ now, catalogCache }: Needs): SellHold =>
  async (tx, order_id) => {
    const { before, isShort, changes } = await settleHold(tx, { order_id, to: 'sold', at: now() })
    if (before === 'sold') return
    if (before === undefined || before === 'released')
      throw new Error(`Order ${order_id} is fulfilled, but it has no hold`)
    if (isShort)
      throw new Error(
        `Order ${order_id} is fulfilled after its hold expired, and its products are sold out: correct the stock`,
      )
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes, order_id))
  }
