import type { AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { settleHold } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

export type ReleaseHold = (tx: AnyTx, order_id: string) => Promise<void>

/** Frees the hold of an order. An order without a hold gets a tombstone: a hold that arrives later is refused. */
export const releaseHold =
  ({ now, catalogCache }: Needs): ReleaseHold =>
  async (tx, order_id) => {
    const { changes } = await settleHold(tx, { order_id, to: 'released', at: now() })
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
  }
