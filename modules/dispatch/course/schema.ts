import { Type } from 'typebox'
import { Address } from '#ordering/events'
import { Closed, Id, named, Nullable, OneOf, Text, Time, type Shape } from '#platform/schema'
import { gridSize } from './location.ts'

export const orderStatuses = ['created', 'assigned', 'completed', 'cancelled'] as const
export const OrderStatus = OneOf(orderStatuses)
export type OrderStatus = (typeof orderStatuses)[number]

/** The jobs of which one instance at a time runs each. */
const tickingJobs = ['move', 'fleet'] as const
export type TickingJob = (typeof tickingJobs)[number]

const Coordinate = Type.Integer({ minimum: 1, maximum: gridSize })

export const GridLocation = named('GridLocation', Closed({ x: Coordinate, y: Coordinate }))

const Name = Text(100, { minLength: 1, description: 'Not blank' })
/** Beyond these limits the sums of the assignment are not exact. */
const Speed = Type.Integer({ minimum: 1, maximum: 100, description: 'Cells per step' })
const Volume = Type.Integer({ minimum: 1, maximum: 10_000 })

const StoragePlaceView = named(
  'StoragePlace',
  Type.Object({ id: Id, name: Type.String(), total_volume: Type.Integer(), order_id: Nullable(Id) }),
)

export const GridCourierView = named(
  'GridCourier',
  Type.Object({
    id: Id,
    name: Type.String(),
    speed: Type.Integer(),
    location: GridLocation,
    storage_places: Type.Array(StoragePlaceView),
  }),
)
export type GridCourierView = Shape<typeof GridCourierView>

const Window = Closed({ from: Time, to: Time }, { description: 'The promised time of the delivery' })

const AssignmentReasonView = named(
  'AssignmentReason',
  Type.Object({
    steps: Type.Integer({ description: 'Steps until the courier arrives' }),
    storage_place: Type.String({ description: 'The place that carries the order' }),
    candidates: Type.Integer({ description: 'Couriers that could have taken the order' }),
    steps_saved: Nullable(Type.Integer({ description: 'How many more steps the next candidate would have needed' })),
  }),
)

export const GridOrderView = named(
  'GridOrder',
  Type.Object({
    id: Id,
    status: OrderStatus,
    location: GridLocation,
    address: Address,
    volume: Type.Integer(),
    weight_grams: Nullable(Type.Integer()),
    window: Nullable(Window),
    courier_id: Nullable(Id),
    reason: Nullable(AssignmentReasonView),
    created_at: Time,
    assigned_at: Nullable(Time),
    completed_at: Nullable(Time),
  }),
)
export type GridOrderView = Shape<typeof GridOrderView>

export const CreateGridOrderBody = named(
  'CreateGridOrderBody',
  Closed({
    id: Type.Optional(Id),
    address: Address,
    volume: Volume,
    weight_grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
    window: Type.Optional(Window),
  }),
)
export type CreateGridOrderBody = Shape<typeof CreateGridOrderBody>

export const CreateGridCourierBody = named(
  'CreateGridCourierBody',
  Closed({ id: Type.Optional(Id), name: Name, speed: Speed }),
)
export type CreateGridCourierBody = Shape<typeof CreateGridCourierBody>

export const AddStoragePlaceBody = named(
  'AddStoragePlaceBody',
  Closed({ id: Type.Optional(Id), name: Name, total_volume: Volume }),
)
export type AddStoragePlaceBody = Shape<typeof AddStoragePlaceBody>
