import type { Transaction } from 'kysely'
import { publish, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import { shipmentCancellationRefused, shipmentCancelled } from '../events.ts'
import { answersTo, statusChanged } from '../shipment-events.ts'
import { cancel, haveGoodsLeft } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus, unmarkCancelling } from '../store/shipments.ts'
import type { DeliveryTables } from '../store/tables.ts'

type Tx = Transaction<DeliveryTables>
type ParcelAnswer = Readonly<{ event_id: string; shipment_id: string; isCancelled: boolean }>
export type FinishCancellation = (tx: Tx, answer: ParcelAnswer) => Promise<void>

/** Cancels a shipment whose parcel is cancelled, or answers its order that a courier has the parcel. */
export const finishCancellation =
  ({ now }: Readonly<{ now: Clock }>): FinishCancellation =>
  async (tx, answer) =>
    await publish(tx, answersTo(answer.event_id, await finishedEvents(tx, answer, now())))

async function finishedEvents(tx: Tx, { shipment_id, isCancelled }: ParcelAnswer, now: Date): Promise<NewEvent[]> {
  const shipment = await lockShipment(tx, { id: shipment_id })
  if (!shipment || !isShipment(shipment)) return []
  const { order_id, status } = shipment
  const decision = cancel(shipment, now)
  if (decision.kind === 'unchanged')
    return [shipmentCancelled({ shipment_id, order_id, goods_left: haveGoodsLeft(shipment) })]
  if (isCancelled && decision.kind === 'changed') {
    await saveStatus(tx, shipment_id, { to: decision.to, now })
    return statusChanged(shipment, decision)
  }
  if (shipment.cancelling_at !== null) await unmarkCancelling(tx, shipment_id)
  return [shipmentCancellationRefused({ shipment_id, order_id, status })]
}
