import type { Transaction } from 'kysely'
import { orderFulfilled } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store/tables.ts'
import type { CloseShipment } from './close-shipment.ts'

/** Handles `order-fulfilled`. */
export const closeShipmentSubscription = ({
  closeShipment,
}: Readonly<{ closeShipment: CloseShipment }>): Subscription =>
  subscribe(
    orderFulfilled,
    (tx: Transaction<DeliveryTables>, { payload: { order_id } }) => closeShipment(tx, order_id),
    {
      linger: true,
    },
  )
