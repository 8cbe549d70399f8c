import type { Kysely, Transaction } from 'kysely'
import { shipmentCancellationRequested } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import type { DeliveryTables } from '../store.ts'
import { prepareCancellation, saveCancellation } from './cancel-shipment.ts'

type Needs = Readonly<{ db: Kysely<DeliveryTables>; now: Clock; carriers: readonly Carrier[] }>

/** Handles `shipment-cancellation-requested`. */
export const cancelRequestedShipment = ({ now, ...needs }: Needs): Subscription =>
  subscribe(shipmentCancellationRequested, {
    prepare: ({ payload: { order_id } }) => prepareCancellation(needs, { order_id, now: now() }),
    handle: (tx: Transaction<DeliveryTables>, { event_id, payload: { order_id } }, prepared) =>
      saveCancellation(tx, { event_id, order_id }, { prepared, now: now() }),
  })
