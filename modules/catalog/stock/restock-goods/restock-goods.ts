import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { countedOf, type ReturnedGoods } from '../restock.ts'
import { lockSoldGoods, saveRestock } from '../store/restocks.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

export type RestockGoods = (tx: AnyTx, returned: ReturnedGoods) => Promise<void>

/**
 * Puts the sellable pieces of a return on hand, once. Its handler has no mark of concurrency, so it shares no batch
 * and locks stock once. Throws while the order is not sold.
 */
export const restockGoods =
  ({ now, catalogCache }: Needs): RestockGoods =>
  async (tx, returned) => {
    const { order_id, return_id } = returned
    const { state, items } = await lockSoldGoods(tx, order_id)
    if (items.some(({ return_ids }) => return_ids.includes(return_id))) return
    if (state !== 'sold') throw new Error(`Goods of order ${order_id} came back, and its hold is ${state ?? 'missing'}`)
    const pieces = countedOf(items, returned.items)
    const changes = await saveRestock(tx, { order_id, return_id, pieces, at: now() })
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
  }
