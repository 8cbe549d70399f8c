import { shipmentRequested } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CreateRequestedShipment, PrepareRequestedShipment } from './create-requested-shipment.ts'

type Needs = Readonly<{
  prepareRequestedShipment: PrepareRequestedShipment
  createRequestedShipment: CreateRequestedShipment
}>

/** Handles `shipment-requested`. */
export const createShipmentSubscription = ({
  prepareRequestedShipment,
  createRequestedShipment,
}: Needs): Subscription =>
  subscribe(shipmentRequested, {
    prepare: (event) => prepareRequestedShipment(event),
    handle: createRequestedShipment,
  })
