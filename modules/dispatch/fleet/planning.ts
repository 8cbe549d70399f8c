import {
  carryOver,
  type FleetPlan,
  type FleetProblem,
  type PlannedCourier,
  type PlannedOrder,
} from '../planner/index.ts'
import { pointOf, type Point } from './point.ts'
import type { FleetCourier, ParcelRow } from './store.ts'
import { usualSpeed } from './travel-times.ts'

/** A courier who is on duty, or who has parcels. */
export type PlanningCourier = FleetCourier & Readonly<{ idle_since: Date }>

/** The facts of a plan, as they were read. */
export type Facts = Readonly<{
  couriers: readonly PlanningCourier[]
  /** Waiting, offered, accepted, picked up, and failed ones, which come back. */
  parcels: readonly ParcelRow[]
  /** Where the shop hands its parcels over; null when its settings do not say. */
  depot: Point | null
  now: Date
}>

type Times = Pick<FleetProblem, 'places' | 'seconds'>

const pickupSeconds = 60
const dropoffSeconds = 180
const dayInSeconds = 86_400

export const secondsOf = (moment: Date): number => Math.ceil(moment.getTime() / 1000)
export const momentOf = (seconds: number): Date => new Date(seconds * 1000)

/** The shop is place 0; then come the couriers and the parcels. A courier without a position is taken to be in the shop. */
export const placesOf = ({ depot, couriers, parcels }: Facts): readonly (Point | null)[] => [
  depot,
  ...couriers.map(({ lat, lng }) => (lat === null || lng === null ? depot : { lat, lng })),
  ...parcels.map(({ address }) => pointOf(address)),
]

/** The places of couriers, which no way leads to. */
export const startsOf = ({ depot, couriers }: Facts, places: readonly (Point | null)[]): ReadonlySet<Point | null> =>
  new Set(places.slice(1, 1 + couriers.length).filter((place) => place !== depot))

/** True for a courier who takes further parcels. */
export const takesParcels = ({ duty, shift_ends_at }: FleetCourier, now: Date): boolean =>
  duty === 'on' && shift_ends_at !== null && shift_ends_at > now

const isInHands = ({ status }: ParcelRow) => status === 'picked_up' || status === 'failed'

/**
 * The problem of the planner. A parcel that is offered or accepted is bound to its courier as if it was pinned: people are
 * not asked twice. A failed parcel is one that its courier brings to the shop.
 */
export function problemOf(facts: Facts, times: Times, current: FleetPlan): FleetProblem {
  const closed = closedTo(facts)
  const orders = facts.parcels.map((parcel, index) => orderOf(facts, { parcel, index, closed }))
  const couriers = facts.couriers.map((courier, index) => plannedCourier(facts, { courier, index, orders }))
  const problem = { ...times, couriers, orders: fitting(orders, couriers) }
  return { ...problem, couriers: couriers.map((courier) => finishing(problem, courier, current)) }
}

/**
 * The couriers who get no waiting parcel: those who take none, and those who have as many as they take at a time while
 * another courier has room. When all are full, the parcels are planned for later trips.
 */
function closedTo({ couriers, parcels, now }: Facts): readonly string[] {
  const takers = couriers.filter((courier) => takesParcels(courier, now))
  const heldBy = Map.groupBy(parcels, ({ courier_id }) => courier_id)
  const withRoom = takers.filter(({ id, most_parcels }) => (heldBy.get(id)?.length ?? 0) < most_parcels)
  const open = new Set(withRoom.length > 0 ? withRoom : takers)
  return couriers.filter((courier) => !open.has(courier)).map(({ id }) => id)
}

type Indexed<Row> = Readonly<{ index: number }> & Row

function orderOf(
  { couriers, now }: Facts,
  { parcel, index, closed }: Indexed<Readonly<{ parcel: ParcelRow; closed: readonly string[] }>>,
): PlannedOrder {
  const { id, status, courier_id } = parcel
  const isReturn = status === 'failed'
  const window = isReturn
    ? { from: 0, to: secondsOf(now) + dayInSeconds }
    : { from: secondsOf(parcel.window_from), to: secondsOf(parcel.window_to) }
  return {
    order_id: id,
    pickup_place: 0,
    dropoff_place: isReturn ? 0 : 1 + couriers.length + index,
    ready_at: secondsOf(parcel.created_at),
    window,
    pickup_seconds: pickupSeconds,
    dropoff_seconds: isReturn ? pickupSeconds : dropoffSeconds,
    volume: parcel.volume_litres,
    weight_grams: parcel.weight_grams,
    excluded: [...parcel.declined_by, ...missedBy(parcel, now), ...unskilledFor(parcel, couriers), ...closed],
    ...(courier_id && (isInHands(parcel) ? { picked_up_by: courier_id } : { pinned_to: courier_id })),
  }
}

/** True when the courier has every skill that the parcel requires. */
export const hasSkillsFor = (
  { skills }: Pick<FleetCourier, 'skills'>,
  { required_skills }: Pick<ParcelRow, 'required_skills'>,
): boolean => required_skills.every((skill) => skills.includes(skill))

const unskilledFor = (parcel: ParcelRow, couriers: readonly PlanningCourier[]): readonly string[] =>
  couriers.filter((courier) => !hasSkillsFor(courier, parcel)).map(({ id }) => id)

/** The couriers who get no offer for a pause. */
const missedBy = ({ missed_by, missed_until }: ParcelRow, now: Date): readonly string[] =>
  missed_until !== null && missed_until > now ? missed_by : []

/** Parcels that a courier took beyond the capacity are on board all the same. */
function plannedCourier(
  { now }: Facts,
  { courier, index, orders }: Indexed<Readonly<{ courier: PlanningCourier; orders: readonly PlannedOrder[] }>>,
): PlannedCourier {
  const own = orders.filter(({ picked_up_by }) => picked_up_by === courier.id)
  const loadOf = (key: 'volume' | 'weight_grams') => own.reduce((sum, order) => sum + order[key], 0)
  return {
    courier_id: courier.id,
    name: courier.name,
    place: courier.lat === null ? 0 : 1 + index,
    free_at: secondsOf(now),
    shift_ends_at: courier.shift_ends_at ? secondsOf(courier.shift_ends_at) : secondsOf(now),
    max_volume: Math.max(courier.capacity_litres, loadOf('volume')),
    max_weight_grams: Math.max(courier.capacity_grams, loadOf('weight_grams')),
    pace: usualSpeed / courier.speed_kmh,
    idle_since: secondsOf(courier.idle_since),
  }
}

/** A parcel that staff gave to a courier fits, whatever it weighs: they have seen it. */
const fitting = (orders: readonly PlannedOrder[], couriers: readonly PlannedCourier[]): readonly PlannedOrder[] =>
  orders.map((order) => {
    const courier = couriers.find(({ courier_id }) => courier_id === order.pinned_to)
    if (!courier) return order
    const { max_volume, max_weight_grams } = courier
    return {
      ...order,
      volume: Math.min(order.volume, max_volume),
      weight_grams: Math.min(order.weight_grams, max_weight_grams),
    }
  })

/** A courier brings the parcels that are already his, even when his shift ends before; he gets no further ones for then. */
function finishing(problem: FleetProblem, courier: PlannedCourier, current: FleetPlan): PlannedCourier {
  const own = problem.orders.filter(({ picked_up_by, pinned_to }) => (picked_up_by ?? pinned_to) === courier.courier_id)
  if (own.length === 0) return courier
  const alone = { ...courier, shift_ends_at: courier.free_at + 10 * dayInSeconds }
  const { routes } = carryOver({ ...problem, couriers: [alone], orders: own }, current)
  const finished = routes[0]?.stops.at(-1)?.leaves_at ?? courier.free_at
  return { ...courier, shift_ends_at: Math.max(courier.shift_ends_at, finished) }
}
