import { Type } from 'typebox'
import { Id, named, Nullable, OneOf, Time, type Shape } from '#platform/schema'
import { DiscrepancyView } from './discrepancy-schema.ts'
import { FleetCourierView, ParcelView, Position, StopView } from './schema.ts'

/** The most parcels on the board. */
export const maxBoardParcels = 500
/** The most discrepancies on the board. */
export const maxBoardDiscrepancies = 100

export const metricNames = ['haversine', 'grid'] as const

const unservedReasons = [
  'no-courier',
  'all-declined',
  'no-skilled-courier',
  'too-large',
  'offers-missed',
  'not-planned',
  'courier-off-duty',
  'courier-blocked',
] as const
/** Why a parcel reaches no customer at this moment. */
export type UnservedReason = (typeof unservedReasons)[number]

/** A courier with his route. */
export const BoardCourier = named(
  'BoardCourier',
  Type.Object({
    ...FleetCourierView.properties,
    may_deliver: Type.Boolean({ description: 'False once the account is blocked or has lost the role' }),
    position_at: Nullable(Time),
    stops: Type.Array(StopView),
    travel_seconds: Type.Integer({ minimum: 0 }),
  }),
)
export type BoardCourier = Shape<typeof BoardCourier>

/** A parcel with its planned courier, who may not be asked yet. */
export const BoardParcel = named(
  'BoardParcel',
  Type.Object({
    ...ParcelView.properties,
    point: Nullable(Position),
    planned_courier_id: Nullable(Id),
    missed_offers: Type.Integer({ minimum: 0, description: 'Offers that got no answer' }),
    unserved_reason: Nullable(OneOf(unservedReasons, { description: 'Why no courier brings it at this moment' })),
    expected_at: Nullable(Time),
    is_late: Type.Boolean({ description: 'The planned arrival is after the promised window' }),
  }),
)
export type BoardParcel = Shape<typeof BoardParcel>

export const BoardView = named(
  'DispatchBoard',
  Type.Object({
    depot: Nullable(Position),
    metric: OneOf(metricNames, { description: 'How distances are computed' }),
    couriers: Type.Array(BoardCourier, { description: 'Couriers on duty, or with parcels' }),
    parcels: Type.Array(BoardParcel, { description: `Open parcels, oldest first; at most ${maxBoardParcels}` }),
    discrepancies: Type.Array(DiscrepancyView, {
      description: `Reports of couriers that staff have not resolved, newest first; at most ${maxBoardDiscrepancies}`,
    }),
  }),
)
export type BoardView = Shape<typeof BoardView>
