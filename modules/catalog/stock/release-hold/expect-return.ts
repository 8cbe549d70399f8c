import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { settleHold } from '../store/holds.ts'
import { insertReturn } from '../store/returns.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>
type Cancelled = Readonly<{ order_id: string; order_number: string | null }>

export type ExpectReturn = (tx: AnyTx, cancelled: Cancelled) => Promise<void>

/**
 * Turns the hold of an order whose parcel had left the shop into a return: its pieces are neither on hand nor sold until
 * staff receive them. When the hold had expired, the pieces come from the free stock. Throws when there are too few, or no
 * hold: the event is parked, and staff must correct the stock.
 */
export const expectReturn =
  ({ now, catalogCache }: Needs): ExpectReturn =>
  async (tx, { order_id, order_number }) => {
    const at = now()
    const { before, isShort, changes } = await settleHold(tx, { order_id, to: 'in_return', at })
    if (before === 'in_return' || before === 'released') return
    if (before === undefined || before === 'sold')
      throw new Error(`The goods of the cancelled order ${order_id} are outside the shop, but they are not held`)
    if (isShort)
      throw new Error(
        `Order ${order_id} is cancelled after its hold expired, and its products are sold out while its goods are outside the shop: correct the stock`,
      )
    await insertReturn(tx, { order_id, order_number, expected_at: at })
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
  }
