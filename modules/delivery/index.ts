import { sql, type Kysely } from 'kysely'
import type { OrderingApi } from '#ordering'
import { keyLocal } from '#platform/events'
import type { Check, Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { callOffShipment } from './call-off-shipment/subscriber.ts'
import { closeShipment } from './close-shipment/subscriber.ts'
import { createByHand } from './create-shipment/create-by-hand.ts'
import { createShipment, type Sandbox } from './create-shipment/create-shipment.ts'
import { createDueShipment } from './create-shipment/subscriber.ts'
import { createShipmentRoute } from './create-shipment/route.ts'
import { deliverShipment } from './deliver-shipment/deliver-shipment.ts'
import { deliverShipmentRoute } from './deliver-shipment/route.ts'
import { deliveryEvents } from './events.ts'
import { listShipments } from './list-shipments/query.ts'
import { listShipmentsRoute } from './list-shipments/route.ts'
import { moveShipment } from './move-shipment/move-shipment.ts'
import { moveShipmentRoute } from './move-shipment/route.ts'
import { pickupPoints } from './pickup-points/query.ts'
import { pickupPointsRoute } from './pickup-points/route.ts'
import { showShipmentRoutes } from './show-shipment/route.ts'
import type { DeliveryTables } from './tables.ts'
import { trackShipment } from './track-shipment/query.ts'
import { trackShipmentRoutes } from './track-shipment/route.ts'

export type { Sandbox } from './create-shipment/create-shipment.ts'
export { seedDemo } from './pickup-points/seed-demo.ts'

type Needs = {
  db: Kysely<DeliveryTables>
  now: Clock
  ordering: Pick<OrderingApi, 'stateOf'>
  /** DELIVERY_SANDBOX */
  sandbox: Sandbox
}

/** What customers are owed once they have paid: one shipment per order, by pickup or courier. */
export function delivery(needs: Needs): Module<{}> {
  const { db, now } = needs
  return {
    name: 'delivery',
    description: 'What customers are owed: shipments, pickup points and tracking.',
    api: {},
    unversionedPaths: ['/delivery'],
    routes: [
      createShipmentRoute(createByHand({ ...needs, createShipment: createShipment(needs) })),
      showShipmentRoutes(db),
      deliverShipmentRoute(deliverShipment(needs)),
      trackShipmentRoutes(trackShipment(db)),
      pickupPointsRoute(pickupPoints(db)),
      listShipmentsRoute(listShipments(db)),
      moveShipmentRoute(moveShipment(needs)),
    ],
    publishes: deliveryEvents,
    subscriptions: [createDueShipment(needs), callOffShipment(now), closeShipment(now)].map(keyLocal),
    checks: [timelinesAreTrue(db)],
  }
}

const timelinesAreTrue = (db: Kysely<DeliveryTables>): Check => ({
  name: 'delivery.timelines-are-true',
  description: 'Every shipment stands where its timeline ends, and nothing follows the end of one',
  violations: async () => {
    const untrue = sql<{ id: string }>`
      select id from delivery.shipments
      where method is not null and (
        timeline -> -1 ->> 'status' is distinct from status
        or jsonb_path_exists(timeline, '$[0 to last - 1] ? (@.status == "delivered" || @.status == "cancelled")'))
      limit 100
    `
    return (await untrue.execute(db)).rows
  },
})
