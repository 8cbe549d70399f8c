import type { Legs, Problem } from './problem.ts'

/** A courier as the planner sees it. Times are whole seconds of one clock, such as Unix time. */
export type PlannedCourier = Readonly<{
  courier_id: string
  name: string
  /** Where the courier is free next, and when: behind a stop that is already being driven to. An index of the places. */
  place: number
  free_at: number
  shift_ends_at: number
  /** Where the shift ends; undefined for anywhere. */
  end_place?: number | undefined
  max_volume: number
  max_weight_grams: number
  /** Seconds of this courier per second of `FleetProblem.seconds`: 1 for the vehicle that was measured. */
  pace: number
  idle_since: number
}>

export type PlannedOrder = Readonly<{
  order_id: string
  pickup_place: number
  dropoff_place: number
  /** The goods are ready from here on. */
  ready_at: number
  /** The promised window. A delivery after it is late, and avoided before anything else but an unserved order. */
  window: Readonly<{ from: number; to: number }>
  pickup_seconds: number
  dropoff_seconds: number
  volume: number
  weight_grams: number
  /** The courier who has the goods; no other courier can deliver them. */
  picked_up_by?: string | undefined
  /** The courier that a dispatcher chose; the planner never changes it. */
  pinned_to?: string | undefined
  /** Couriers who declined, or lack a skill. */
  excluded: readonly string[]
}>

export type FleetProblem = Readonly<{
  /** Travel times: `seconds[from * places + to]`. */
  places: number
  seconds: Float64Array
  couriers: readonly PlannedCourier[]
  orders: readonly PlannedOrder[]
}>

/** The matrix of travel times between points, in whole seconds. */
export function travelSeconds<Point>(
  points: readonly Point[],
  secondsBetween: (from: Point, to: Point) => number,
): Pick<FleetProblem, 'places' | 'seconds'> {
  const places = points.length
  const seconds = new Float64Array(places * places)
  points.forEach((from, row) =>
    points.forEach(
      (to, column) => (seconds[row * places + column] = row === column ? 0 : Math.ceil(secondsBetween(from, to))),
    ),
  )
  return { places, seconds }
}

/** How many seconds behind its promise each order may be delivered; below 0 it must be early. */
export type Tolerances = readonly number[]

export const mayServe = (order: PlannedOrder, { courier_id }: PlannedCourier): boolean =>
  (order.picked_up_by ?? order.pinned_to ?? courier_id) === courier_id &&
  (order.picked_up_by === courier_id || order.pinned_to === courier_id || !order.excluded.includes(courier_id))

/**
 * The problem in flat arrays. The nodes are the starts of the couriers, their ends, then pickup and dropoff of each order.
 */
export function compile(fleet: FleetProblem, tolerances: Tolerances): Problem {
  const { couriers, orders } = fleet
  const vehicles = couriers.length
  const nodes = 2 * vehicles + 2 * orders.length
  const pickupOf = (request: number) => 2 * vehicles + 2 * request
  const carried = orders.map(({ picked_up_by }) => couriers.findIndex(({ courier_id }) => courier_id === picked_up_by))
  const loadOf = (vehicle: number, valueOf: (order: PlannedOrder) => number) =>
    orders.reduce((sum, order, request) => sum + (carried[request] === vehicle ? valueOf(order) : 0), 0)
  const allowed = new Uint8Array(orders.length * vehicles)
  orders.forEach((order, request) =>
    couriers.forEach((courier, vehicle) => (allowed[request * vehicles + vehicle] = mayServe(order, courier) ? 1 : 0)),
  )
  return {
    nodes,
    requests: orders.length,
    vehicles,
    legs: legsOfCouriers(fleet, nodes),
    ...nodeColumns(fleet, tolerances),
    pickup: Int32Array.from(orders, (_, request) => (carried[request]! >= 0 ? -1 : pickupOf(request))),
    delivery: Int32Array.from(orders, (_, request) => pickupOf(request) + 1),
    requestOf: Int32Array.from({ length: nodes }, (_, node) => (node < 2 * vehicles ? -1 : (node - 2 * vehicles) >> 1)),
    start: Int32Array.from(couriers, (_, vehicle) => vehicle),
    end: Int32Array.from(couriers, (_, vehicle) => vehicles + vehicle),
    maxVolume: Float64Array.from(couriers, ({ max_volume }) => max_volume),
    maxWeight: Float64Array.from(couriers, ({ max_weight_grams }) => max_weight_grams),
    startVolume: Float64Array.from(couriers, (_, vehicle) => loadOf(vehicle, ({ volume }) => volume)),
    startWeight: Float64Array.from(couriers, (_, vehicle) => loadOf(vehicle, ({ weight_grams }) => weight_grams)),
    allowed,
    penalty: Float64Array.from(orders, ({ picked_up_by }) => (picked_up_by ? 1e9 : 1e7)),
    identical: false,
  }
}

/** Windows, service times and loads of the nodes. */
function nodeColumns({ couriers, orders }: FleetProblem, tolerances: Tolerances) {
  const starts = couriers.map(({ free_at, shift_ends_at }) => ({ from: free_at, to: Math.max(free_at, shift_ends_at) }))
  const ends = couriers.map(({ free_at, shift_ends_at }) => ({ from: free_at, to: Math.max(free_at, shift_ends_at) }))
  const latestEnd = Math.max(0, ...ends.map(({ to }) => to))
  const stops = orders.flatMap(({ ready_at, window, pickup_seconds, dropoff_seconds, ...order }, request) => [
    { from: ready_at, to: latestEnd, service: pickup_seconds, sign: 1, ...order },
    { from: window.from, to: window.to + tolerances[request]!, service: dropoff_seconds, sign: -1, ...order },
  ])
  const still = { service: 0, sign: 0, volume: 0, weight_grams: 0 }
  const all = [...[...starts, ...ends].map((window) => ({ ...window, ...still })), ...stops]
  return {
    earliest: Float64Array.from(all, ({ from }) => from),
    latest: Float64Array.from(all, ({ from, to }) => Math.max(from, to)),
    service: Float64Array.from(all, ({ service }) => service),
    volume: Float64Array.from(all, ({ sign, volume }) => sign * volume),
    weight: Float64Array.from(all, ({ sign, weight_grams }) => sign * weight_grams),
  }
}

/** One set of matrices for each pace. */
function legsOfCouriers(fleet: FleetProblem, nodes: number): readonly Legs[] {
  const { couriers, orders } = fleet
  const placeOf = Int32Array.from([
    ...couriers.map(({ place }) => place),
    ...couriers.map(({ end_place }) => end_place ?? -1),
    ...orders.flatMap(({ pickup_place, dropoff_place }) => [pickup_place, dropoff_place]),
  ])
  const byIdleness = couriers.toSorted((one, other) => one.idle_since - other.idle_since)
  const rankOf = new Map(byIdleness.map((courier, rank) => [courier, rank / couriers.length]))
  const matricesOf = (pace: number): Legs => {
    const travel = new Float64Array(nodes * nodes)
    const travelInto = new Float64Array(nodes * nodes)
    fillTravel(fleet, { placeOf, pace, travel, travelInto })
    const cost = travel.slice()
    const costInto = travelInto.slice()
    // Of two couriers for whom an order is equally far, the one who has been idle longer gets it.
    couriers.forEach((courier, vehicle) => {
      const rank = rankOf.get(courier)!
      for (let node = 2 * couriers.length; node < nodes; node++) {
        cost[vehicle * nodes + node]! += rank
        costInto[node * nodes + vehicle]! += rank
      }
    })
    return { cost, costInto, travel, travelInto }
  }
  const byPace = new Map([...new Set(couriers.map(({ pace }) => pace))].map((pace) => [pace, matricesOf(pace)]))
  return couriers.map(({ pace }) => byPace.get(pace)!)
}

type Matrices = Readonly<{ placeOf: Int32Array; pace: number; travel: Float64Array; travelInto: Float64Array }>

/** Plain loops: 50 couriers and 150 orders have 160,000 legs. An end without a place is reached at no cost. */
function fillTravel({ places, seconds }: FleetProblem, { placeOf, pace, travel, travelInto }: Matrices): void {
  const nodes = placeOf.length
  for (let row = 0; row < nodes; row++) {
    const one = placeOf[row]!
    if (one < 0) continue
    for (let column = 0; column < nodes; column++) {
      const other = placeOf[column]!
      if (other < 0) continue
      travel[row * nodes + column] = Math.round(pace * seconds[one * places + other]!)
      travelInto[row * nodes + column] = Math.round(pace * seconds[other * places + one]!)
    }
  }
}
