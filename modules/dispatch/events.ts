import { Type } from 'typebox'
import { Address } from '#ordering/events'
import { defineEvent } from '#platform/events'
import { Id, OneOf, Time } from '#platform/schema'
import { contracts } from './contract.ts'

const cell = Type.Object({ x: Type.Integer(), y: Type.Integer() })

export const courseOrderCreated = defineEvent('dispatch.course-order-created.v1', {
  description: 'An order on the grid waits for a courier.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, location: cell, volume: Type.Integer() }),
})

export const courseOrderAssigned = defineEvent('dispatch.course-order-assigned.v1', {
  description: 'A courier of the grid has the order.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, courier_id: Id, steps: Type.Integer() }),
})

export const courseOrderCompleted = defineEvent('dispatch.course-order-completed.v1', {
  description: 'A courier of the grid has delivered the order.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, courier_id: Id }),
})

export const courseOrderCancelled = defineEvent('dispatch.course-order-cancelled.v1', {
  description: 'The order on the grid is cancelled; its courier, if it had one, is free.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, reason: Type.String() }),
})

export const basketConfirmed = defineEvent('dispatch.basket-confirmed.v1', {
  description: 'The Delivery system asks for the delivery of a basket on the grid.',
  alias: 'basket.confirmed',
  key: 'order_id',
  payload: Type.Object({
    order_id: Id,
    address: Address,
    volume: Type.Integer({ minimum: 1 }),
    window: Type.Optional(Type.Object({ from: Time, to: Time })),
  }),
})

export const basketCancelled = defineEvent('dispatch.basket-cancelled.v1', {
  description: 'The Delivery system no longer wants the order of a basket.',
  alias: 'basket.cancelled',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, reason: Type.String() }),
})

export const messageParked = defineEvent('dispatch.message-parked.v1', {
  description: 'The Delivery system sent a message that this version does not know; it waits for one that does.',
  key: 'message_id',
  payload: Type.Object({
    message_id: Id,
    name: Type.String(),
    contract: OneOf(contracts),
    place: Type.String({ description: 'The topic, the partition and the offset' }),
    sent_at: Time,
    body: Type.String({ description: 'The bytes in base64' }),
  }),
})

const parcel = { parcel_id: Id, order_id: Id }
const carried = { ...parcel, courier_id: Id }

export const parcelAccepted = defineEvent('dispatch.parcel-accepted.v1', {
  description: 'A courier of the shop takes the parcel, or staff gave it to one.',
  key: 'order_id',
  payload: Type.Object(carried),
})

export const parcelPickedUp = defineEvent('dispatch.parcel-picked-up.v1', {
  description: 'A courier of the shop has the parcel and brings it to the customer.',
  key: 'order_id',
  payload: Type.Object(carried),
})

export const parcelArrived = defineEvent('dispatch.parcel-arrived.v1', {
  description: 'The courier is at the address of the customer.',
  key: 'order_id',
  payload: Type.Object(carried),
})

export const parcelDelivered = defineEvent('dispatch.parcel-delivered.v1', {
  description: 'The customer has the parcel.',
  key: 'order_id',
  payload: Type.Object(carried),
})

export const parcelFailed = defineEvent('dispatch.parcel-failed.v1', {
  description: 'The customer did not get the parcel, and the courier brings it back.',
  key: 'order_id',
  payload: Type.Object({ ...carried, reason: Type.String() }),
})

export const parcelReturned = defineEvent('dispatch.parcel-returned.v1', {
  description: 'The shop has the parcel again.',
  key: 'order_id',
  payload: Type.Object(carried),
})

export const parcelCancelled = defineEvent('dispatch.parcel-cancelled.v1', {
  description: 'The answer to parcel-cancellation-requested: no courier has the parcel, and none gets it.',
  key: 'order_id',
  payload: Type.Object(parcel),
})

export const parcelCancellationRefused = defineEvent('dispatch.parcel-cancellation-refused.v1', {
  description: 'The answer to parcel-cancellation-requested: the courier has the parcel, or its way is over.',
  key: 'order_id',
  payload: Type.Object(parcel),
})

export const discrepancyReported = defineEvent('dispatch.discrepancy-reported.v1', {
  description:
    'A courier reports a parcel elsewhere than the shop has it, and staff find out where the goods and the cash are.',
  key: 'order_id',
  payload: Type.Object({ ...carried, discrepancy_id: Id, reported: Type.String(), recorded: Type.String() }),
})

export const dispatchEvents = [
  courseOrderCreated,
  courseOrderAssigned,
  courseOrderCompleted,
  courseOrderCancelled,
  basketConfirmed,
  basketCancelled,
  messageParked,
  parcelAccepted,
  parcelPickedUp,
  parcelArrived,
  parcelDelivered,
  parcelFailed,
  parcelReturned,
  parcelCancelled,
  parcelCancellationRefused,
  discrepancyReported,
]
