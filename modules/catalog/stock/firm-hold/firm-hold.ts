import type { AnyTx } from '#platform/db'
import { answerTo, publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { holdLost } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { settleHold } from '../store/holds.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ now: Clock; catalogCache: CatalogCache }>

/** `event_id`: the request of the shipment. */
type Request = Readonly<{ event_id: string; order_id: string }>

export type FirmHold = (tx: AnyTx, request: Request) => Promise<void>

/**
 * Makes the hold of a paid or accepted order firm: it no longer expires. An expired hold takes its stock again. Publishes
 * `hold-lost` when that is sold out: the order is then cancelled and refunded. A released hold stays released: its order is
 * cancelled, and the event is an old one.
 */
export const firmHold =
  ({ now, catalogCache }: Needs): FirmHold =>
  async (tx, { event_id, order_id }) => {
    const { before, isShort, changes } = await settleHold(tx, { order_id, to: 'firm', at: now() })
    if (before === undefined) throw new Error(`ordering requested a shipment for order ${order_id}, but it has no hold`)
    if (isShort) await publish(tx, [answerTo(event_id, holdLost({ order_id }))])
    await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
  }
