import type { Kysely } from 'kysely'
import type { OrderingApi } from '#ordering'
import { keyLocal } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { cancelRequestedShipment } from './cancel-shipment/subscriber.ts'
import type { Carrier } from './carrier.ts'
import { carriers as ownCarriers } from './carriers/index.ts'
import { changeShipmentStatus } from './change-shipment-status/change-shipment-status.ts'
import { changeShipmentStatusRoute } from './change-shipment-status/route.ts'
import { checksOf } from './checks.ts'
import { closeShipment } from './close-shipment/subscriber.ts'
import { createShipment } from './create-shipment/create-shipment.ts'
import { createShipmentRoute } from './create-shipment/route.ts'
import type { Sandbox } from './create-shipment/save-shipment.ts'
import { createRequestedShipment } from './create-shipment/subscriber.ts'
import { deliverShipment } from './deliver-shipment/deliver-shipment.ts'
import { deliverShipmentRoute } from './deliver-shipment/route.ts'
import { deliveryEvents } from './events.ts'
import { listPickupPoints } from './list-pickup-points/query.ts'
import { listPickupPointsRoute } from './list-pickup-points/route.ts'
import { listShipments } from './list-shipments/query.ts'
import { listShipmentsRoute } from './list-shipments/route.ts'
import { showShipment } from './show-shipment/query.ts'
import { showShipmentRoutes } from './show-shipment/route.ts'
import type { DeliveryTables } from './store.ts'
import { trackShipment } from './track-shipment/query.ts'
import { trackShipmentRoutes } from './track-shipment/route.ts'

export type { Carrier, Sandbox }
export { seedDemo } from './list-pickup-points/seed-demo.ts'

type Needs = Readonly<{
  db: Kysely<DeliveryTables>
  now: Clock
  ordering: Pick<OrderingApi, 'stateOf'>
  /** DELIVERY_SANDBOX */
  sandbox: Sandbox
  /** The first carrier of a method takes its shipments; the shop's couriers and pickup when absent. */
  carriers?: readonly Carrier[]
}>

/** Creates one shipment per order, tracks it, and delivers it by courier or at a pickup point. */
export function delivery({ carriers = ownCarriers, ...needs }: Needs): Module<{}> {
  const { db, now } = needs
  const withCarriers = { ...needs, carriers }
  return {
    name: 'delivery',
    description: 'Shipments, pickup points and tracking.',
    api: {},
    unversionedPaths: ['/delivery'],
    routes: [
      createShipmentRoute(createShipment(withCarriers)),
      showShipmentRoutes(showShipment(db)),
      deliverShipmentRoute(deliverShipment(needs)),
      trackShipmentRoutes(trackShipment(db)),
      listPickupPointsRoute(listPickupPoints(db)),
      listShipmentsRoute(listShipments(db)),
      changeShipmentStatusRoute(changeShipmentStatus(needs)),
    ],
    publishes: deliveryEvents,
    subscriptions: [
      createRequestedShipment(withCarriers),
      cancelRequestedShipment(withCarriers),
      closeShipment(now),
    ].map(keyLocal),
    checks: checksOf(db),
  }
}
