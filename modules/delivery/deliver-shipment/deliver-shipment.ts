import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type StoreResponse } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { statusChanged } from '../shipment-events.ts'
import { deliver, type DeliverDecision, type HandOver } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus, type DeliveryTables, type Shipment } from '../store.ts'

type Needs = Readonly<{ db: Kysely<DeliveryTables>; now: Clock }>

export type DeliveredShipment = Readonly<{ kind: 'delivered'; shipment: Shipment }>
export type DeliverShipmentOutcome = DeliveredShipment | Extract<DeliverDecision, { kind: 'refused' }> | NotFound
export type DeliverShipment = (
  id: string,
  handOver: HandOver,
  storeResponse: StoreResponse<DeliveredShipment>,
) => Promise<DeliverShipmentOutcome>

/** Hands the parcel to the customer. A repeat publishes nothing. */
export const deliverShipment =
  ({ db, now }: Needs): DeliverShipment =>
  (id, handOver, storeResponse) =>
    transaction(db, async (tx): Promise<DeliverShipmentOutcome> => {
      const current = await lockShipment(tx, { id })
      if (!current || !isShipment(current)) return notFound('shipment')
      const at = now()
      const decision = deliver(current, handOver, at)
      if (decision.kind === 'refused') return decision
      const isChanged = decision.kind === 'changed'
      const shipment = isChanged ? await saveStatus(tx, id, { to: decision.to, now: at }) : current
      if (isChanged) await publish(tx, statusChanged(current, decision))
      const delivered = { kind: 'delivered', shipment } as const
      await storeResponse(tx, delivered)
      return delivered
    })
