import { Type } from 'typebox'
import { defineEvent } from '#platform/events'

const Id = Type.String({ format: 'uuid' })
const Status = Type.String({ description: 'A shipment status' })
const shipment = { shipment_id: Id, order_id: Id }

export const shipmentCreated = defineEvent('delivery.shipment-created.v1', {
  description: 'A shipment stands for the order.',
  alias: 'shipment.created',
  key: 'order_id',
  payload: Type.Object({
    ...shipment,
    method: Type.String(),
    status: Status,
    tracking_number: Type.Union([Type.String(), Type.Null()]),
  }),
})

export const shipmentStatusChanged = defineEvent('delivery.shipment-status-changed.v1', {
  description: 'A shipment went a step.',
  key: 'order_id',
  payload: Type.Object({ ...shipment, from: Status, to: Status }),
})

export const shipmentDelivered = defineEvent('delivery.shipment-delivered.v1', {
  description: 'The customer has the parcel.',
  alias: 'delivery.completed',
  key: 'order_id',
  payload: Type.Object(shipment),
})

export const shipmentFailed = defineEvent('delivery.shipment-failed.v1', {
  description: 'The shipment cannot be made or did not arrive.',
  alias: 'delivery.failed',
  key: 'order_id',
  payload: Type.Object({ shipment_id: Type.Optional(Id), order_id: Id, reason: Type.String() }),
})

export const shipmentCancelled = defineEvent('delivery.shipment-cancelled.v1', {
  description:
    'Nothing will be shipped for the order; told as the answer to shipment-cancellation-requested, whether a shipment stood or not.',
  key: 'order_id',
  payload: Type.Object({ shipment_id: Type.Optional(Id), order_id: Id }),
})

export const shipmentCancelRefused = defineEvent('delivery.shipment-cancel-refused.v1', {
  description: 'The parcel is already under way: it can only come back as a return.',
  key: 'order_id',
  payload: Type.Object({ ...shipment, status: Status }),
})

export const deliveryEvents = [
  shipmentCreated,
  shipmentStatusChanged,
  shipmentDelivered,
  shipmentFailed,
  shipmentCancelled,
  shipmentCancelRefused,
]
