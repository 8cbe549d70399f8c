import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { deliver, type Delivering, type Hand } from '../shipment.ts'
import { isShipment, keepMove, lockShipment, newsOfMove, type KeptShipment } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'

type Needs = { db: Kysely<DeliveryTables>; now: Clock }

export type Delivered = Readonly<{ kind: 'delivered'; shipment: KeptShipment }>
export type DeliverOutcome = Delivered | Readonly<{ kind: 'unknown' }> | Extract<Delivering, { kind: 'refused' }>
export type DeliverShipment = (
  id: string,
  hand: Hand,
  storeResponse: StoreResponse<Delivered>,
) => Promise<DeliverOutcome>

/** The parcel is handed over. However often and by however many at once it is said, it is told once. */
export const deliverShipment =
  ({ db, now }: Needs): DeliverShipment =>
  (id, hand, storeResponse) =>
    transaction(db, async (tx) => {
      const standing = await lockShipment(tx, { id })
      if (!standing || !isShipment(standing)) return { kind: 'unknown' }
      const at = now()
      const delivering = deliver(standing, hand, at)
      if (delivering.kind === 'refused') return delivering
      const moved = delivering.kind === 'moved'
      const shipment = moved ? await keepMove(tx, id, { ...delivering, now: at }) : standing
      if (moved) await publish(tx, newsOfMove(standing, delivering.from, delivering))
      const delivered = { kind: 'delivered', shipment } as const
      await storeResponse(tx, delivered)
      return delivered
    })
