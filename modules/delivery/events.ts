import { Type } from 'typebox'
import { Address } from '#ordering/events'
import { defineEvent } from '#platform/events'
import { Id, Nullable, OneOf } from '#platform/schema'
import { ShipmentStatus } from './schema.ts'

const shipment = { shipment_id: Id, order_id: Id }
const goods_left = Type.Optional(
  Type.Boolean({ description: 'The parcel had left the shop: its goods are on their way back' }),
)

export const shipmentCreated = defineEvent('delivery.shipment-created.v1', {
  description: 'The order has a shipment.',
  alias: 'shipment.created',
  key: 'order_id',
  payload: Type.Object({
    ...shipment,
    method: Type.String(),
    status: ShipmentStatus,
    tracking_number: Nullable(Type.String()),
    carriage: Type.Optional(
      Type.Object(
        {
          order_number: Nullable(Type.String()),
          user_id: Nullable(Id),
          tracking_hash: Type.Optional(Type.String({ description: 'SHA-256 of the tracking token, base64url' })),
          address: Address,
          recipient_name: Nullable(Type.String()),
          recipient_phone: Nullable(Type.String()),
          comment: Nullable(Type.String()),
          weight_grams: Nullable(Type.Integer()),
          cash_to_collect: Nullable(Type.Integer()),
          currency: Nullable(Type.String()),
        },
        { description: 'What a courier of the shop needs to know; absent for other methods' },
      ),
    ),
  }),
})

export const shipmentStatusChanged = defineEvent('delivery.shipment-status-changed.v1', {
  description: 'A shipment has another status.',
  key: 'order_id',
  payload: Type.Object({ ...shipment, from: ShipmentStatus, to: ShipmentStatus }),
})

export const shipmentCustomerChanged = defineEvent('delivery.shipment-customer-changed.v1', {
  description: 'The order of a shipment now belongs to another account.',
  key: 'order_id',
  payload: Type.Object({ ...shipment, user_id: Id }),
})

export const shipmentDelivered = defineEvent('delivery.shipment-delivered.v1', {
  description: 'The customer has the parcel.',
  alias: 'delivery.completed',
  key: 'order_id',
  payload: Type.Object(shipment),
})

export const shipmentFailed = defineEvent('delivery.shipment-failed.v1', {
  description: 'The shipment cannot be created, or the parcel did not reach the customer.',
  alias: 'delivery.failed',
  key: 'order_id',
  payload: Type.Object({ shipment_id: Type.Optional(Id), order_id: Id, reason: Type.String(), goods_left }),
})

export const shipmentCancelled = defineEvent('delivery.shipment-cancelled.v1', {
  description: 'The answer to shipment-cancellation-requested: the order gets no shipment, whether or not one existed.',
  key: 'order_id',
  payload: Type.Object({ shipment_id: Type.Optional(Id), order_id: Id, goods_left }),
})

export const shipmentReturned = defineEvent('delivery.shipment-returned.v1', {
  description: 'A parcel that had left the shop is back in it; staff count its goods.',
  key: 'order_id',
  payload: Type.Object(shipment),
})

export const shipmentCancellationRefused = defineEvent('delivery.shipment-cancellation-refused.v1', {
  description: 'The parcel is already on its way: the customer can only return it.',
  key: 'order_id',
  payload: Type.Object({ ...shipment, status: ShipmentStatus }),
})

export const parcelCancellationRequested = defineEvent('delivery.parcel-cancellation-requested.v1', {
  description:
    'The order no longer wants its shipment. The module that has the parcel answers: cancelled, or refused because a courier has it.',
  key: 'order_id',
  payload: Type.Object(shipment),
})

export const courierReportRejected = defineEvent('delivery.courier-report-rejected.v1', {
  description:
    'A courier reports another end of a parcel than its shipment has, or has picked up one that failed in the shop; its shipment does not change.',
  key: 'order_id',
  payload: Type.Object({
    ...shipment,
    courier_id: Id,
    reported: OneOf(['picked_up', 'delivered', 'failed', 'returned']),
    status: ShipmentStatus,
  }),
})

export const deliveryEvents = [
  shipmentCreated,
  shipmentStatusChanged,
  shipmentCustomerChanged,
  shipmentDelivered,
  shipmentFailed,
  shipmentReturned,
  shipmentCancelled,
  shipmentCancellationRefused,
  parcelCancellationRequested,
  courierReportRejected,
]
