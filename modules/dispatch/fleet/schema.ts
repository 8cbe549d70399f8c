import { Type } from 'typebox'
import { Address } from '#ordering/events'
import { Amount, Closed, Id, Moment, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { minutes, timeText, type Localized } from '#platform/values'

/** Milliseconds for which a link to a photograph works. */
export const linkTtl = minutes(15)
export const duties = ['on', 'off', 'break'] as const
const Duty = OneOf(duties)
export type Duty = (typeof duties)[number]

export const parcelStatuses = [
  'waiting',
  'offered',
  'accepted',
  'picked_up',
  'delivered',
  'failed',
  'returned',
  'cancelled',
] as const
export const ParcelStatus = OneOf(parcelStatuses)
export type ParcelStatus = (typeof parcelStatuses)[number]

const Skills = (description: string) =>
  Type.Array(Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 40, examples: ['cold-bag'] }), {
    maxItems: 20,
    uniqueItems: true,
    description,
  })
const RequiredSkills = Skills('Only couriers who have all of these skills are asked to bring it')

export const Position = Closed({
  lat: Type.Number({ minimum: -90, maximum: 90 }),
  lng: Type.Number({ minimum: -180, maximum: 180 }),
})

/** Why a parcel is with its courier. */
export type Assignment = Localized

export const ChangeDutyBody = named(
  'ChangeDutyBody',
  Closed({
    duty: Duty,
    name: Type.Optional(Text(60, { minLength: 1, description: 'The first name, which customers see' })),
    speed_kmh: Type.Optional(Type.Integer({ minimum: 1, maximum: 150 })),
    capacity_grams: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_000_000 })),
    capacity_litres: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
    most_parcels: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    skills: Type.Optional(Skills('What you have or may do, such as `cold-bag`; as before when absent')),
    shift_ends_at: Type.Optional(
      Type.String({
        format: 'date-time',
        maxLength: 40,
        description: 'At most a day from now; twelve hours when absent',
      }),
    ),
    position: Type.Optional(Position),
  }),
)
export type ChangeDutyBody = Shape<typeof ChangeDutyBody>

export const FleetCourierView = named(
  'FleetCourier',
  Type.Object({
    id: Id,
    name: Type.String(),
    duty: Duty,
    speed_kmh: Type.Integer(),
    capacity_grams: Type.Integer(),
    capacity_litres: Type.Integer(),
    most_parcels: Type.Integer(),
    skills: Type.Array(Type.String()),
    shift_ends_at: Nullable(Time),
    position: Nullable(Position),
  }),
)
export type FleetCourierView = Shape<typeof FleetCourierView>

export const ParcelView = named(
  'Parcel',
  Type.Object({
    id: Id,
    order_id: Id,
    order_number: Nullable(Type.String()),
    status: ParcelStatus,
    address: Address,
    recipient_name: Nullable(Type.String()),
    recipient_phone: Nullable(Type.String()),
    comment: Nullable(Type.String()),
    weight_grams: Type.Integer(),
    volume_litres: Type.Integer(),
    window_from: Time,
    window_to: Time,
    required_skills: Type.Array(Type.String(), { description: 'The skills that its courier must have' }),
    cash_to_collect: Amount,
    currency: Nullable(Type.String()),
    courier_id: Nullable(Id),
    courier_name: Nullable(Type.String()),
    pinned: Type.Boolean({ description: 'True when staff chose the courier' }),
    assignment: Nullable(Type.String({ description: 'Why this courier was chosen' })),
    offer_expires_at: Nullable(Time),
    reason: Nullable(Type.String({ description: 'Why the delivery failed' })),
    arrived_at: Nullable(Time),
    created_at: Time,
    updated_at: Time,
  }),
)
export type ParcelView = Shape<typeof ParcelView>

const stopKinds = ['pickup', 'dropoff', 'return'] as const

export const StopView = named(
  'RouteStop',
  Type.Object({
    parcel_id: Id,
    kind: OneOf(stopKinds, { description: 'A pickup and a return happen in the shop' }),
    arrives_at: Time,
    begins_at: Type.String({
      format: 'date-time',
      description: 'Later than the arrival when the courier waits for the window',
    }),
    is_late: Type.Boolean({ description: 'The promised window has ended by then' }),
  }),
)
export type StopView = Shape<typeof StopView>

export const RouteView = named(
  'CourierRoute',
  Type.Object({
    courier: FleetCourierView,
    stops: Type.Array(StopView, { description: 'In the order of visits' }),
    parcels: Type.Array(ParcelView, { description: 'Offered, accepted or in your hands, in the order of visits' }),
  }),
)

export const OwnParcelView = named(
  'OwnParcel',
  Type.Object({
    order_id: Id,
    status: ParcelStatus,
    courier_name: Nullable(Type.String({ description: 'The first name, while the courier has the parcel' })),
    expected_at: Nullable(Type.String({ format: 'date-time', description: 'The planned time of the delivery' })),
    arrived: Type.Boolean({ description: 'The courier is at your address' }),
    pin: Nullable(Type.String({ description: 'Give it to the courier at the door; null after the delivery' })),
  }),
)
export type OwnParcelView = Shape<typeof OwnParcelView>

export const AssignParcelBody = named('AssignParcelBody', Closed({ courier_id: Id }))
const Pin = Type.String({ pattern: '^[0-9]{4}$', maxLength: 4, description: 'The PIN that the customer gives you' })
const CashCollected = Type.Integer({
  minimum: 0,
  maximum: 100_000_000_00,
  description: 'The sum that the customer paid, in minor units: `cash_to_collect` of the parcel',
})
export const DeliverParcelBody = named(
  'DeliverParcelBody',
  Closed({ pin: Type.Optional(Pin), cash_collected: Type.Optional(CashCollected) }),
)
const failureReasons = ['no-answer', 'wrong-address', 'refused', 'damaged', 'other'] as const
export type FailureReason = (typeof failureReasons)[number]
const Failure = OneOf(failureReasons)
export const FailParcelBody = named('FailParcelBody', Closed({ reason: Failure }))

const reportedSteps = ['accept', 'decline', 'pick-up', 'arrive', 'deliver', 'fail', 'return'] as const
const ReportedAt = Type.String({ format: 'date-time', maxLength: 40, description: 'When it happened' })

const StepReport = named(
  'StepReport',
  Closed({
    id: Type.String({ format: 'uuid', description: 'Your program chooses it; a repeated report takes effect once' }),
    at: ReportedAt,
    parcel_id: Id,
    step: OneOf(reportedSteps),
    pin: Type.Optional(Pin),
    cash_collected: Type.Optional(CashCollected),
    reason: Type.Optional(OneOf(failureReasons, { description: 'Only for the step `fail`' })),
  }),
)
export type StepReport = Shape<typeof StepReport>
export const ReportStepsBody = named(
  'ReportStepsBody',
  Closed({ reports: Type.Array(StepReport, { minItems: 1, maxItems: 100 }) }),
)
export const ReportStepsView = named(
  'StepResults',
  Type.Object({
    results: Type.Array(
      Type.Object({
        id: Id,
        outcome: OneOf(['taken', 'kept', 'refused'], { description: '`kept`: refused, and stored for staff' }),
        code: Nullable(Type.String({ description: 'Why it was refused' })),
        detail: Nullable(Type.String()),
        parcel: Nullable(ParcelView),
      }),
      { description: 'In the order of the reports. A parcel that the courier does not have any more is null' },
    ),
  }),
)

const PositionReport = named(
  'PositionReport',
  Closed({
    at: ReportedAt,
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lng: Type.Number({ minimum: -180, maximum: 180 }),
    accuracy: Type.Optional(Type.Number({ minimum: 0, maximum: 100_000, description: 'Metres' })),
  }),
)
export type PositionReport = Shape<typeof PositionReport>
export const ReportPositionsBody = named(
  'ReportPositionsBody',
  Closed({ positions: Type.Array(PositionReport, { minItems: 1, maxItems: 100 }) }),
)
export const ReportPositionsView = named(
  'ReportedPositions',
  Type.Object({ arrived: Type.Array(Id, { description: 'The parcels at whose address you have arrived' }) }),
)

export const proofKinds = ['photo', 'signature'] as const
export const ProofKind = OneOf(proofKinds)
export type ProofKind = (typeof proofKinds)[number]
/** The proof of a delivery: the PIN alone, or an image of this kind instead where there is no cash to collect. */
export const proofRules = ['pin', 'pin-or-photo', 'pin-or-signature'] as const
export type ProofRule = (typeof proofRules)[number]

export const PhotoView = named(
  'ParcelPhoto',
  Type.Object({
    id: Id,
    kind: OneOf(proofKinds, { description: '`signature`: the customer has signed on the screen of the courier' }),
    taken_at: Time,
    byte_size: Type.Integer(),
    url: Type.String({ description: `The link works for ${timeText(linkTtl, 'en')}` }),
  }),
)
export type PhotoView = Shape<typeof PhotoView>
export const PhotoList = Type.Object({ items: Type.Array(PhotoView, { maxItems: 10 }) })

export const TrackedParcelView = named(
  'TrackedParcel',
  Type.Object({
    status: ParcelStatus,
    courier_name: Nullable(Type.String({ description: 'The first name, while the courier has the parcel' })),
    expected_at: Nullable(Time),
    stops_before: Nullable(Type.Integer({ minimum: 0, description: 'Stops of the courier before this one' })),
    position: Nullable(Position),
    arrived: Type.Boolean(),
  }),
)
export type TrackedParcelView = Shape<typeof TrackedParcelView>

export const ChangeParcelBody = named(
  'ChangeParcelBody',
  Closed(
    {
      window: Type.Optional(
        Closed({
          from: Moment,
          to: Moment,
        }),
      ),
      volume_litres: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000 })),
      required_skills: Type.Optional(RequiredSkills),
    },
    { minProperties: 1 },
  ),
)
export type ChangeParcelBody = Shape<typeof ChangeParcelBody>
