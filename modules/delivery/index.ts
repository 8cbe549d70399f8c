import type { CatalogApi } from '#catalog'
import type { OrderingApi } from '#ordering'
import { keyLocal } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import type { DispatchApi } from '#dispatch/api'
import type { PromotionsApi } from '#promotions/api'
import { anonymiseCustomer, anonymiseEndedShipments } from './anonymise-customer/anonymise-customer.ts'
import { anonymiseEndedShipmentsJob } from './anonymise-customer/job.ts'
import { anonymiseCustomerSubscription } from './anonymise-customer/subscriber.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { DeliveryApi } from './api.ts'
import { cancelShipment, prepareCancellation } from './cancel-shipment/cancel-shipment.ts'
import { cancelShipmentSubscription } from './cancel-shipment/subscriber.ts'
import type { Carrier } from './carrier.ts'
import { carriers as ownCarriers } from './carriers/index.ts'
import { changeCustomer } from './change-customer/change-customer.ts'
import { changeCustomerSubscription } from './change-customer/subscriber.ts'
import { changePickupPoint } from './change-pickup-point/change-pickup-point.ts'
import { changePickupPointRoute } from './change-pickup-point/route.ts'
import { changeShipmentStatus } from './change-shipment-status/change-shipment-status.ts'
import { changeShipmentStatusRoute } from './change-shipment-status/route.ts'
import { changeZone } from './change-zone/change-zone.ts'
import { changeZoneRoute } from './change-zone/route.ts'
import { deliveryChecks } from './checks.ts'
import { choosePickupPoint } from './choose-pickup-point/choose-pickup-point.ts'
import { closeShipment } from './close-shipment/close-shipment.ts'
import { closeShipmentSubscription } from './close-shipment/subscriber.ts'
import { createPickupPoint } from './create-pickup-point/create-pickup-point.ts'
import { createPickupPointRoute } from './create-pickup-point/route.ts'
import { createRequestedShipment, prepareRequestedShipment } from './create-shipment/create-requested-shipment.ts'
import { createShipment } from './create-shipment/create-shipment.ts'
import { createShipmentRoute } from './create-shipment/route.ts'
import { createShipmentSubscription } from './create-shipment/subscriber.ts'
import { createZone } from './create-zone/create-zone.ts'
import { createZoneRoute } from './create-zone/route.ts'
import { deleteZone } from './delete-zone/delete-zone.ts'
import { deleteZoneRoute } from './delete-zone/route.ts'
import { deliverShipment } from './deliver-shipment/deliver-shipment.ts'
import { deliverShipmentRoute } from './deliver-shipment/route.ts'
import { deliveryEvents } from './events.ts'
import { findFee } from './find-fee/find-fee.ts'
import { finishCancellation } from './finish-cancellation/finish-cancellation.ts'
import { finishCancellationSubscriptions } from './finish-cancellation/subscriber.ts'
import { followCourier } from './follow-courier/follow-courier.ts'
import { followCourierSubscriptions } from './follow-courier/subscriber.ts'
import { followReturn } from './follow-return/follow-return.ts'
import { followReturnSubscription } from './follow-return/subscriber.ts'
import { guardedCarrier } from './guarded-carrier.ts'
import { listPickupPoints } from './list-pickup-points/query.ts'
import { listPickupPointsRoutes } from './list-pickup-points/route.ts'
import { listShipments } from './list-shipments/query.ts'
import { listShipmentsRoute } from './list-shipments/route.ts'
import { listZones } from './list-zones/query.ts'
import { listZonesRoutes } from './list-zones/route.ts'
import { quoteDelivery } from './quote-delivery/quote-delivery.ts'
import { quoteDeliveryRoute } from './quote-delivery/route.ts'
import type { SandboxMode } from './schema.ts'
import { shipmentOf, showShipment } from './show-shipment/query.ts'
import { showShipmentRoutes } from './show-shipment/route.ts'
import { openPoints } from './store/pickup-points.ts'
import type { DeliveryDb } from './store/tables.ts'
import { zoneCache } from './store/zones.ts'
import { trackShipment } from './track-shipment/query.ts'
import { trackShipmentRoutes } from './track-shipment/route.ts'
import { unlockCodeRoute } from './unlock-code/route.ts'
import { unlockCode } from './unlock-code/unlock-code.ts'

export type { Carrier, SandboxMode }
export { remoteDelivery } from './remote.ts'
export { seedDemo } from './list-pickup-points/seed-demo.ts'

type Needs = Readonly<{
  db: DeliveryDb
  now: Clock
  ordering: Pick<OrderingApi, 'stateOf'>
  catalog: Pick<CatalogApi, 'offersOf'>
  promotions: Pick<PromotionsApi, 'findCoupon' | 'factsOf' | 'quote'>
  /** The courier of a shipment and the PIN for him. */
  dispatch: Pick<DispatchApi, 'parcelOf'>
  /** DELIVERY_SANDBOX */
  sandbox: SandboxMode
  /** The first carrier of a method takes its shipments; the shop's couriers and pickup when absent. */
  carriers?: readonly Carrier[]
}>

/** Creates one shipment per order, tracks it, and delivers it by courier or at a pickup point. */
export function delivery({ carriers = ownCarriers, ...needs }: Needs): Module<DeliveryApi> {
  const parts = partsOf({ carriers, ...needs })
  const slices = slicesOf(parts)
  const api = { choosePickupPoint: choosePickupPoint(parts), feeOf: findFee(parts), shipmentOf: shipmentOf(parts) }
  return {
    name: 'delivery',
    description: 'Shipments, pickup points and tracking.',
    api,
    internal: [answerCallsRoutes(api)],
    unversionedPaths: ['/delivery'],
    routes: [
      createShipmentRoute(slices),
      showShipmentRoutes(slices),
      deliverShipmentRoute(slices),
      trackShipmentRoutes(slices),
      listPickupPointsRoutes(slices),
      createPickupPointRoute(slices),
      changePickupPointRoute(slices),
      createZoneRoute(slices),
      changeZoneRoute(slices),
      deleteZoneRoute(slices),
      listZonesRoutes({ ...slices, zones: parts.zones }),
      quoteDeliveryRoute(slices),
      listShipmentsRoute(slices),
      changeShipmentStatusRoute(slices),
      unlockCodeRoute(slices),
    ],
    publishes: deliveryEvents,
    subscriptions: [
      createShipmentSubscription(slices),
      cancelShipmentSubscription(slices),
      closeShipmentSubscription(slices),
      ...followCourierSubscriptions(slices),
      followReturnSubscription(slices),
      ...finishCancellationSubscriptions(slices),
      changeCustomerSubscription({ changeCustomer }),
    ]
      .map(keyLocal)
      .concat(anonymiseCustomerSubscription({ anonymiseCustomer: anonymiseCustomer(parts) })),
    jobs: [anonymiseEndedShipmentsJob({ anonymiseEndedShipments: anonymiseEndedShipments(parts.db) })],
    checks: deliveryChecks(parts.db),
  }
}

const partsOf = ({ carriers, ...needs }: Needs & Readonly<{ carriers: readonly Carrier[] }>) => ({
  ...needs,
  carriers: carriers.map(guardedCarrier),
  points: openPoints(needs.db),
  zones: zoneCache(needs.db),
})

const slicesOf = (parts: ReturnType<typeof partsOf>) => ({
  createShipment: createShipment(parts),
  prepareRequestedShipment: prepareRequestedShipment(parts),
  createRequestedShipment: createRequestedShipment(parts),
  prepareCancellation: prepareCancellation(parts),
  cancelShipment: cancelShipment(parts),
  closeShipment: closeShipment(parts),
  followCourier: followCourier(parts),
  followReturn: followReturn(parts),
  finishCancellation: finishCancellation(parts),
  deliverShipment: deliverShipment(parts),
  changeShipmentStatus: changeShipmentStatus(parts),
  unlockCode: unlockCode(parts),
  showShipment: showShipment(parts),
  trackShipment: trackShipment(parts),
  listPickupPoints: listPickupPoints(parts),
  createPickupPoint: createPickupPoint(parts),
  changePickupPoint: changePickupPoint(parts),
  listShipments: listShipments(parts),
  createZone: createZone(parts),
  changeZone: changeZone(parts),
  deleteZone: deleteZone(parts),
  listZones: listZones(parts),
  quoteDelivery: quoteDelivery(parts),
})
