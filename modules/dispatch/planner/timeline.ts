import type { FleetProblem, PlannedCourier, PlannedOrder } from './fleet-problem.ts'

/** A stop of a route with its times. `late_seconds` is above 0 for a delivery after its promise. */
export type PlannedStop = Readonly<{
  order_id: string
  kind: 'pickup' | 'dropoff'
  arrives_at: number
  begins_at: number
  leaves_at: number
  late_seconds: number
}>

export type PlannedRoute = Readonly<{ courier_id: string; stops: readonly PlannedStop[]; travel_seconds: number }>

/** The stops of a route in their order, without times. */
export type Sequence = readonly Readonly<Pick<PlannedStop, 'order_id' | 'kind'>>[]

/** Computes the times of a route: the courier leaves at once, and waits where a window is not open yet. */
export function timeRoute(fleet: FleetProblem, courier: PlannedCourier, sequence: Sequence): PlannedRoute {
  const orders = new Map(fleet.orders.map((order) => [order.order_id, order]))
  let { place, free_at: time } = courier
  let travelled = 0
  const stops = sequence.map(({ order_id, kind }) => {
    const order = orders.get(order_id)!
    const next = kind === 'pickup' ? order.pickup_place : order.dropoff_place
    const leg = legSeconds(fleet, courier, { from: place, to: next })
    const arrives_at = time + leg
    const begins_at = Math.max(arrives_at, kind === 'pickup' ? order.ready_at : order.window.from)
    const leaves_at = begins_at + (kind === 'pickup' ? order.pickup_seconds : order.dropoff_seconds)
    travelled += leg
    place = next
    time = leaves_at
    return { order_id, kind, arrives_at, begins_at, leaves_at, late_seconds: lateSeconds(order, kind, begins_at) }
  })
  if (courier.end_place !== undefined && stops.length > 0)
    travelled += legSeconds(fleet, courier, { from: place, to: courier.end_place })
  return { courier_id: courier.courier_id, stops, travel_seconds: travelled }
}

const lateSeconds = ({ window }: PlannedOrder, kind: PlannedStop['kind'], begins_at: number) =>
  kind === 'dropoff' ? Math.max(0, begins_at - window.to) : 0

const legSeconds = (
  { places, seconds }: FleetProblem,
  { pace }: PlannedCourier,
  { from, to }: Readonly<{ from: number; to: number }>,
): number => Math.round(pace * seconds[from * places + to]!)
