import { Type, type Static } from 'typebox'
import { Address, DeliveryMethod, deliveryMethods } from '#ordering/events'
import { Amount, Closed, Id, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { trackingExample } from './examples.ts'

/** Ordering owns the list: customers choose the method when they place the order. */
export { DeliveryMethod, deliveryMethods } from '#ordering/events'

export const shipmentStatuses = [
  'pending',
  'ready_for_pickup',
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'failed',
  'returned',
  'cancelled',
] as const
export const ShipmentStatus = OneOf(shipmentStatuses)
export type ShipmentStatus = Static<typeof ShipmentStatus>

/** `auto` delivers each shipment in the transaction that creates it, to try out the life of an order. */
export const sandboxModes = ['manual', 'auto'] as const
export type SandboxMode = (typeof sandboxModes)[number]

/** The members of the problem `shipment-status-not-allowed`. */
export const StatusNotAllowedMembers = {
  allowed: Type.Array(ShipmentStatus, { description: 'The statuses that staff may set next' }),
}

const TimelineEntry = Type.Object({ status: ShipmentStatus, at: Time })
export type TimelineEntry = Shape<typeof TimelineEntry>

const shipment = {
  id: Id,
  order_id: Id,
  order_number: Nullable(Type.String()),
  method: DeliveryMethod,
  pickup_point_id: Nullable(Id),
  status: ShipmentStatus,
  tracking_number: Nullable(Type.String()),
  tracking_token: Type.String({ description: 'Opens /delivery/track/{token} without signing in' }),
  delivery_address: Nullable(Address),
  recipient_name: Nullable(Type.String()),
  recipient_phone: Nullable(Type.String()),
  comment: Nullable(Type.String()),
  weight_grams: Nullable(Type.Integer()),
  cash_to_collect: Nullable(Amount),
  currency: Nullable(Type.String()),
  timeline: Type.Array(TimelineEntry),
  reason: Nullable(Type.String({ description: 'Why the shipment failed or came back' })),
  created_at: Time,
  updated_at: Time,
  delivered_at: Nullable(Time),
  cancelled_at: Nullable(Time),
}

const pickup_code = Type.Optional(
  Nullable(Type.String({ description: 'The customer gives it at the pickup point; only the customer sees it' })),
)
const courier = Type.Optional(
  Nullable(
    Type.Object(
      {
        name: Nullable(Type.String({ description: 'The first name, while the courier has the parcel' })),
        expected_at: Nullable(Time),
        arrived: Type.Boolean({ description: 'The courier is at the address' }),
        pin: Nullable(Type.String({ description: 'The customer gives it to the courier at the door' })),
      },
      { description: 'The courier of the shop who brings the parcel; only the customer sees it' },
    ),
  ),
)
export const ShipmentView = named('Shipment', Type.Object({ ...shipment, pickup_code, courier }))
export type ShipmentView = Shape<typeof ShipmentView>
/** Null without a courier of the shop. */
export type CourierView = NonNullable<ShipmentView['courier']> | null

export const StaffShipmentView = named(
  'StaffShipment',
  Type.Object({
    ...shipment,
    allowed: Type.Array(ShipmentStatus, { description: 'The statuses that staff may set next' }),
    code_locked_until: Nullable(Time),
  }),
)
export type StaffShipmentView = Shape<typeof StaffShipmentView>

export const TrackingView = named(
  'Tracking',
  Type.Object(
    { method: DeliveryMethod, status: ShipmentStatus, timeline: Type.Array(TimelineEntry) },
    { examples: [trackingExample] },
  ),
)
export type TrackingView = Shape<typeof TrackingView>

export const CreateShipmentBody = named(
  'CreateShipmentBody',
  Closed({
    order_id: Id,
    method: Type.Optional(
      OneOf(deliveryMethods, {
        description: 'When absent: courier if there is an address, otherwise the method of the order',
      }),
    ),
    delivery_address: Type.Optional(Address),
  }),
)

export const DeliverShipmentBody = named(
  'DeliverShipmentBody',
  Closed({
    code: Type.Optional(Type.String({ pattern: '^[0-9]{6}$', maxLength: 6, description: 'The pickup code' })),
  }),
)

export const ChangeShipmentStatusBody = named(
  'ChangeShipmentStatusBody',
  Closed({
    status: ShipmentStatus,
    reason: Type.Optional(Text(500, { minLength: 1 })),
    tracking_number: Type.Optional(Text(100, { minLength: 1 })),
  }),
)

const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', maxLength: 5, examples: ['10:00'] })

/** Days of the week and times of day in the time zone of the pickup point. */
const OpenHours = Closed({
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
    minItems: 1,
    maxItems: 7,
    description: 'Monday is 1',
  }),
  opens: TimeOfDay,
  closes: TimeOfDay,
})
export type OpenHours = Shape<typeof OpenHours>

const PickupPointView = named(
  'PickupPoint',
  Type.Object({
    id: Id,
    name: Type.String(),
    address: Type.String(),
    hours: Type.Array(OpenHours),
    hours_text: Type.String({ description: 'The opening hours as text, such as Mon–Fri 10:00–20:00' }),
    timezone: Type.String({ description: 'The IANA time zone of the hours' }),
    lat: Nullable(Type.Number()),
    lng: Nullable(Type.Number()),
  }),
)
export type PickupPointView = Static<typeof PickupPointView>

/** The pickup points that a list has at most. */
export const maxPickupPoints = 500

export const PickupPointList = Type.Object({ items: Type.Array(PickupPointView, { maxItems: maxPickupPoints }) })

/** A text of staff in both languages. */
export const bothLanguages = (longest: number) =>
  Closed({ ru: Text(longest, { minLength: 1 }), en: Text(longest, { minLength: 1 }) })

const pickupPoint = {
  name: bothLanguages(200),
  address: bothLanguages(500),
  hours: Type.Array(OpenHours, { minItems: 1, maxItems: 14 }),
  timezone: Text(64, { minLength: 1, description: 'The IANA time zone of the hours, such as Europe/Moscow' }),
}
const coordinates = {
  lat: Nullable(Type.Number({ minimum: -90, maximum: 90, description: 'The latitude, for the map of the points' })),
  lng: Nullable(Type.Number({ minimum: -180, maximum: 180 })),
}
const position = Type.Integer({ minimum: 0, maximum: 10_000, description: 'The position in the list' })
const is_active = Type.Boolean({ description: 'A closed pickup point takes no new orders' })

export const CreatePickupPointBody = named(
  'CreatePickupPointBody',
  Closed({
    id: Type.Optional(Id),
    ...pickupPoint,
    ...Type.Partial(Type.Object(coordinates)).properties,
    position: Type.Optional(position),
    is_active: Type.Optional(is_active),
  }),
)
export type CreatePickupPointBody = Shape<typeof CreatePickupPointBody>

export const ChangePickupPointBody = named(
  'ChangePickupPointBody',
  Type.Partial(Closed({ ...pickupPoint, ...coordinates, position, is_active }), {
    additionalProperties: false,
    minProperties: 1,
  }),
)
export type ChangePickupPointBody = Shape<typeof ChangePickupPointBody>

/** A pickup point as staff see it, in both languages. */
export const AdminPickupPointView = named(
  'AdminPickupPoint',
  Type.Object({ id: Id, ...pickupPoint, ...coordinates, position, is_active }),
)
export type AdminPickupPointView = Static<typeof AdminPickupPointView>

export const AdminPickupPointList = Type.Object({
  items: Type.Array(AdminPickupPointView, { maxItems: maxPickupPoints }),
})
