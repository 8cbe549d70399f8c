import type { Problem } from './problem.ts'

/**
 * The routes of a plan. The route of a vehicle fills the slots from `vehicle * stride`; its first stop is the start of the
 * vehicle and its last one the end. Each slot has what an insertion must know, so that it is checked in constant time.
 */
export type Plan = {
  readonly stride: number
  /** Stops of each route, start and end included. */
  readonly size: Int32Array
  readonly stops: Int32Array
  /** When the vehicle leaves the stop, after its service. */
  readonly depart: Float64Array
  /** The latest start of the service for which the rest of the route keeps its windows (forward time slack). */
  readonly late: Float64Array
  /** Load after the stop. */
  readonly volume: Float64Array
  readonly weight: Float64Array
  /** Cost and travel time from this stop to the next one. */
  readonly legCost: Float64Array
  readonly legTravel: Float64Array
  readonly costOf: Float64Array
  /** -1 for a request without a vehicle. */
  readonly vehicleOf: Int32Array
  /** The slot of a node that is in a route. */
  readonly slotOf: Int32Array
  /** 1 for a route that changed since the plans were last made equal. */
  readonly touched: Uint8Array
}

export function emptyPlan(problem: Problem): Plan {
  const { vehicles, requests, nodes } = problem
  const stride = 2 * requests + 2
  const slots = () => new Float64Array(vehicles * stride)
  const plan: Plan = {
    stride,
    size: new Int32Array(vehicles),
    stops: new Int32Array(vehicles * stride),
    depart: slots(),
    late: slots(),
    volume: slots(),
    weight: slots(),
    legCost: slots(),
    legTravel: slots(),
    costOf: new Float64Array(vehicles),
    vehicleOf: new Int32Array(requests).fill(-1),
    slotOf: new Int32Array(nodes).fill(-1),
    touched: new Uint8Array(vehicles),
  }
  for (let vehicle = 0; vehicle < vehicles; vehicle++) clearRoute(problem, plan, vehicle)
  return plan
}

/** Leaves only the start and the end of the vehicle. The requests of the route keep their `vehicleOf`. */
export function clearRoute(problem: Problem, plan: Plan, vehicle: number): void {
  const first = vehicle * plan.stride
  plan.size[vehicle] = 2
  plan.stops[first] = problem.start[vehicle]!
  plan.stops[first + 1] = problem.end[vehicle]!
  updateRoute(problem, plan, vehicle)
}

/** Computes times, loads and costs of a route after its stops have changed. */
export function updateRoute(problem: Problem, plan: Plan, vehicle: number): void {
  const { nodes, earliest, latest, service } = problem
  const { cost, travel } = problem.legs[vehicle]!
  const { stops, depart, late, volume, weight, legCost, legTravel, slotOf } = plan
  const first = vehicle * plan.stride
  const last = first + plan.size[vehicle]! - 1
  let node = stops[first]!
  let total = 0
  let time = earliest[node]! + service[node]!
  let loadedVolume = problem.startVolume[vehicle]!
  let loadedWeight = problem.startWeight[vehicle]!
  depart[first] = time
  volume[first] = loadedVolume
  weight[first] = loadedWeight
  for (let slot = first + 1; slot <= last; slot++) {
    const next = stops[slot]!
    const arc = node * nodes + next
    legCost[slot - 1] = cost[arc]!
    legTravel[slot - 1] = travel[arc]!
    total += cost[arc]!
    time += travel[arc]!
    if (time < earliest[next]!) time = earliest[next]!
    time += service[next]!
    depart[slot] = time
    loadedVolume += problem.volume[next]!
    loadedWeight += problem.weight[next]!
    volume[slot] = loadedVolume
    weight[slot] = loadedWeight
    slotOf[next] = slot
    node = next
  }
  let bound = latest[node]!
  late[last] = bound
  for (let slot = last - 1; slot >= first; slot--) {
    node = stops[slot]!
    bound -= legTravel[slot]! + service[node]!
    if (bound > latest[node]!) bound = latest[node]!
    late[slot] = bound
  }
  plan.costOf[vehicle] = total
  plan.touched[vehicle] = 1
}

/** Where a request goes: its pickup after the stop in slot `after`, its delivery after the stop in slot `before` (or after the pickup). */
export type Place = { vehicle: number; pickupAfter: number; deliveryAfter: number }

/** Inserts a request. Both slots of the place are those before the insertion; equal slots mean pickup, then delivery. */
// oxlint-disable-next-line max-params -- called for every insertion: no object is made
export function insertRequest(problem: Problem, plan: Plan, request: number, place: Place): void {
  const { stops } = plan
  const { vehicle, pickupAfter, deliveryAfter } = place
  const pickup = problem.pickup[request]!
  const added = pickup < 0 ? 1 : 2
  let slot = vehicle * plan.stride + plan.size[vehicle]! - 1
  for (; slot > deliveryAfter; slot--) stops[slot + added] = stops[slot]!
  stops[deliveryAfter + added] = problem.delivery[request]!
  if (pickup >= 0) {
    for (; slot > pickupAfter; slot--) stops[slot + 1] = stops[slot]!
    stops[pickupAfter + 1] = pickup
  }
  plan.size[vehicle] = plan.size[vehicle]! + added
  plan.vehicleOf[request] = vehicle
  updateRoute(problem, plan, vehicle)
}

/** Removes the requests whose `vehicleOf` was set to -1 from the stops of a route. */
export function compactRoute(problem: Problem, plan: Plan, vehicle: number): void {
  const { stops, vehicleOf } = plan
  const first = vehicle * plan.stride
  const last = first + plan.size[vehicle]! - 1
  let to = first + 1
  for (let slot = first + 1; slot < last; slot++) {
    const node = stops[slot]!
    if (vehicleOf[problem.requestOf[node]!] === vehicle) stops[to++] = node
  }
  stops[to] = stops[last]!
  plan.size[vehicle] = to - first + 1
  updateRoute(problem, plan, vehicle)
}

/** Makes `to` equal to `from` in every route that one of them touched, and clears the marks. */
export function copyTouched(from: Plan, to: Plan): void {
  const vehicles = from.size.length
  for (let vehicle = 0; vehicle < vehicles; vehicle++)
    if (from.touched[vehicle] === 1 || to.touched[vehicle] === 1) copyRoute(from, to, vehicle)
  to.vehicleOf.set(from.vehicleOf)
  to.slotOf.set(from.slotOf)
}

export function copyPlan(from: Plan, to: Plan): void {
  to.touched.fill(1)
  copyTouched(from, to)
}

export function copyRoute(from: Plan, to: Plan, vehicle: number): void {
  const first = vehicle * from.stride
  const end = first + from.size[vehicle]!
  for (let slot = first; slot < end; slot++) {
    to.stops[slot] = from.stops[slot]!
    to.depart[slot] = from.depart[slot]!
    to.late[slot] = from.late[slot]!
    to.volume[slot] = from.volume[slot]!
    to.weight[slot] = from.weight[slot]!
    to.legCost[slot] = from.legCost[slot]!
    to.legTravel[slot] = from.legTravel[slot]!
  }
  to.size[vehicle] = from.size[vehicle]!
  to.costOf[vehicle] = from.costOf[vehicle]!
  to.touched[vehicle] = 0
  from.touched[vehicle] = 0
}

/** The cost of all routes, without the penalties of unserved requests. */
export function routesCost(plan: Plan): number {
  let total = 0
  for (let vehicle = 0; vehicle < plan.costOf.length; vehicle++) total += plan.costOf[vehicle]!
  return total
}

/** The vehicles that visit anything. */
export function usedVehicles(plan: Plan): number {
  let used = 0
  for (let vehicle = 0; vehicle < plan.size.length; vehicle++) if (plan.size[vehicle]! > 2) used++
  return used
}

/** The visits of each vehicle in order, without start and end; an empty list for an idle vehicle. */
export const routesOf = (plan: Plan): readonly (readonly number[])[] =>
  Array.from(plan.size, (size, vehicle) =>
    Array.from(plan.stops.subarray(vehicle * plan.stride + 1, vehicle * plan.stride + size - 1)),
  )

/** Fills a plan with the visits of each vehicle. */
export function setRoutes(problem: Problem, plan: Plan, routes: readonly (readonly number[])[]): void {
  plan.vehicleOf.fill(-1)
  for (let vehicle = 0; vehicle < problem.vehicles; vehicle++) {
    const first = vehicle * plan.stride
    const visits = routes[vehicle] ?? []
    visits.forEach((node, index) => {
      plan.stops[first + 1 + index] = node
      plan.vehicleOf[problem.requestOf[node]!] = vehicle
    })
    plan.stops[first + 1 + visits.length] = problem.end[vehicle]!
    plan.size[vehicle] = visits.length + 2
    updateRoute(problem, plan, vehicle)
  }
}
