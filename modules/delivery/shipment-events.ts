import { answerTo, type NewEvent } from '#platform/events'
import {
  shipmentCancelled,
  shipmentCreated,
  shipmentDelivered,
  shipmentFailed,
  shipmentReturned,
  shipmentStatusChanged,
} from './events.ts'
import { haveGoodsLeft, type StatusChange } from './shipment.ts'
import { trackingHashOf } from './store/shipments.ts'
import type { Shipment } from './store/tables.ts'

export const created = (shipment: Shipment): NewEvent => {
  const { id: shipment_id, order_id, method, status, tracking_number } = shipment
  const carriage = method === 'courier' ? carriageOf(shipment) : undefined
  return shipmentCreated({ shipment_id, order_id, method, status, tracking_number, ...(carriage && { carriage }) })
}

function carriageOf({ delivery_address: address, ...shipment }: Shipment) {
  if (address === null) return undefined
  const { order_number, user_id, recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency } =
    shipment
  const recipient = { recipient_name, recipient_phone, comment }
  const tracking_hash = trackingHashOf(shipment.tracking_token)
  return { order_number, user_id, tracking_hash, address, ...recipient, weight_grams, cash_to_collect, currency }
}

/** The change of status, and the event that ordering waits for. */
export function statusChanged(
  { id: shipment_id, order_id, timeline }: Pick<Shipment, 'id' | 'order_id' | 'timeline'>,
  { from, to }: Pick<StatusChange, 'from' | 'to'>,
): NewEvent[] {
  const shipment = { shipment_id, order_id }
  const goods_left = haveGoodsLeft({ timeline })
  const change = shipmentStatusChanged({ ...shipment, from, to: to.status })
  if (to.status === 'delivered') return [change, shipmentDelivered(shipment)]
  if (to.status === 'failed') return [change, shipmentFailed({ ...shipment, reason: to.reason, goods_left })]
  if (to.status === 'returned' && goods_left) return [change, shipmentReturned(shipment)]
  if (to.status === 'cancelled') return [change, shipmentCancelled({ ...shipment, goods_left })]
  return [change]
}

/** The events for an order that finds the shipment in its present status. */
export function currentState(shipment: Shipment): NewEvent[] {
  const { id: shipment_id, order_id, status, reason } = shipment
  if (status === 'cancelled') return []
  if (status === 'delivered') return [created(shipment), shipmentDelivered({ shipment_id, order_id })]
  if (reason === null) return [created(shipment)]
  return [created(shipment), shipmentFailed({ shipment_id, order_id, reason, goods_left: haveGoodsLeft(shipment) })]
}

/** The events of the answer to `event_id`, at most one of each type. A replay publishes them under the same ids. */
export const answersTo = (event_id: string, events: readonly NewEvent[]): NewEvent[] =>
  events.map((event) => answerTo(event_id, event, event.definition.type))
