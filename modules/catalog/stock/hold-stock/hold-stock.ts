import { sharedTransactions } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogApi, HoldOutcome } from '../../api.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { decideHold, linesThatNeed } from '../hold.ts'
import { saveAvailability } from '../store/stock-levels.ts'
import { claimEarlierHold, findEarlierHold, heldOutcome, orderClosed } from './earlier-hold.ts'
import { findSellables } from './find-sellables.ts'
import { hashOfItems } from './hash-of-items.ts'
import { saveHold } from './save-hold.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

/**
 * One read and one write. The read locks nothing; the conditions of the write check again what was decided on it. A repeat
 * claims the hold once more, so that one attempt does not end a hold on which another has placed the order.
 */
export const holdStock = ({ db, now, catalogCache }: Needs): CatalogApi['hold'] => {
  const shareTransaction = sharedTransactions(db)
  return async (input) => {
    const items_hash = hashOfItems(input.items)
    const found = await findSellables(db, input.items)
    const decided = decideHold(input, found)
    if (decided.kind === 'refused') return (await claimEarlierHold(db, input, items_hash)) ?? decided
    return await shareTransaction([input.order_id], async (tx): Promise<HoldOutcome> => {
      const { isNew, short, changes } = await saveHold(tx, { input, items_hash, decided, now: now() })
      if (!isNew) return (await findEarlierHold(tx, input.order_id, items_hash)) ?? orderClosed
      if (short.length > 0) {
        const sellables = found.filter((each) => each !== undefined)
        return { kind: 'refused', reason: 'out-of-stock', variant_ids: linesThatNeed(sellables, short) }
      }
      await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
      return heldOutcome(decided)
    })
  }
}
