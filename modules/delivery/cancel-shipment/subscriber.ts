import type { Transaction } from 'kysely'
import { shipmentCancellationRequested } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store/tables.ts'
import type { CancelShipment, PrepareCancellation } from './cancel-shipment.ts'

type Needs = Readonly<{ prepareCancellation: PrepareCancellation; cancelShipment: CancelShipment }>

/** Handles `shipment-cancellation-requested`. */
export const cancelShipmentSubscription = ({ prepareCancellation, cancelShipment }: Needs): Subscription =>
  subscribe(shipmentCancellationRequested, {
    prepare: ({ payload: { order_id } }) => prepareCancellation(order_id),
    handle: (tx: Transaction<DeliveryTables>, { event_id, payload: { order_id } }, prepared) =>
      cancelShipment(tx, { event_id, order_id }, prepared),
  })
