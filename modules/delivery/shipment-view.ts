import { Type, type Static } from 'typebox'
import type { Caller } from '#platform/http'
import { Address } from '#ordering/events'
import { movesByHand } from './shipment.ts'
import type { KeptShipment } from './shipments.ts'
import { methods, statuses } from './status.ts'

const Id = Type.String({ format: 'uuid' })
const Time = Type.String({ format: 'date-time' })
const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])

export const StatusName = Type.Enum([...statuses])
export const MethodName = Type.Enum([...methods])
export const ShipmentParams = Type.Object({ id: Id })
export const Timeline = Type.Array(Type.Object({ status: StatusName, at: Time }))

export const ShipmentView = Type.Object({
  id: Id,
  order_id: Id,
  order_number: nullable(Type.String()),
  method: MethodName,
  status: StatusName,
  tracking_number: nullable(Type.String()),
  track_token: Type.String({ description: 'Opens /delivery/track/{token} to anybody who has it' }),
  pickup_code: Type.Optional(
    nullable(Type.String({ description: 'To be said at the counter; only the customer sees it' })),
  ),
  delivery_address: Type.Union([Address, Type.Null()]),
  recipient_name: nullable(Type.String()),
  recipient_phone: nullable(Type.String()),
  comment: nullable(Type.String()),
  weight_grams: Type.Union([Type.Integer(), Type.Null()]),
  cash_to_collect: Type.Union([Type.Integer({ description: 'Minor units' }), Type.Null()]),
  currency: nullable(Type.String()),
  timeline: Timeline,
  failed_because: nullable(Type.String()),
  created_at: Time,
  updated_at: Time,
  delivered_at: nullable(Time),
  cancelled_at: nullable(Time),
})

/** A shipment for staff and courier: they have to ask the customer for the code. */
export function present(shipment: KeptShipment): Static<typeof ShipmentView> {
  const {
    pickup_code: _,
    user_id: __,
    created_at,
    updated_at,
    delivered_at,
    cancelled_at,
    timeline,
    ...shown
  } = shipment
  return {
    ...shown,
    timeline: [...timeline],
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
    delivered_at: delivered_at?.toISOString() ?? null,
    cancelled_at: cancelled_at?.toISOString() ?? null,
  }
}

/** A shipment for the customer who waits for it. */
export const presentOwn = (shipment: KeptShipment): Static<typeof ShipmentView> => ({
  ...present(shipment),
  pickup_code: shipment.pickup_code,
})

export const StaffShipmentView = Type.Object({
  ...ShipmentView.properties,
  allowed: Type.Array(StatusName, { description: 'Where staff may move it' }),
})

export const presentToStaff = (shipment: KeptShipment): Static<typeof StaffShipmentView> => ({
  ...present(shipment),
  allowed: [...movesByHand(shipment)],
})

/** True for who carries or answers for parcels and may look at everybody's. */
export const seesAll = (caller: Caller): boolean =>
  caller.kind === 'user' &&
  ['delivery.read', 'delivery.write', 'delivery.deliver'].some((each) => caller.permissions.includes(each))
