import { fewestVehicles } from './fewest-vehicles.ts'
import { findInVehicle, findPlace } from './insertion.ts'
import {
  clearRoute,
  compactRoute,
  copyPlan,
  copyRoute,
  copyTouched,
  insertRequest,
  routesCost,
  updateRoute,
  type Plan,
} from './plan.ts'
import { ruinAndRecreate, startFrom, type Search } from './search.ts'
import { closeRoutes, listAbsent, take, takeRoute } from './ruin.ts'

/**
 * Serves all requests with fewer vehicles by guided ejection search (Nagata and Kobayashi, 2010): a route is dissolved, and
 * each of its requests takes the place of requests that were easier to place so far. An attempt that finds nothing ends, and the
 * next one dissolves another route. It runs in slices, so that two searches can exchange their results.
 */
export type Reduction = {
  readonly search: Search
  /** How often a request found no place. */
  readonly attempts: Int32Array
  readonly queue: Int32Array
  /** The vehicles of the best plan; the search tries one fewer. */
  vehicles: number
  /** No plan has fewer vehicles: the search ends there. */
  readonly fewest: number
  /** The attempts with this number of vehicles that found nothing. */
  failed: number
  /** The ejections that this attempt still has. */
  ejections: number
}

/** Steps of ruin and recreate after each ejection. On long routes they find more places than further ejections do. */
const stepsPerEjection = 60
/** The ejections of the first attempt; each further one has this factor more. */
const firstEjections = 25
const moreEjections = 1.3
/** Every other attempt prefers short routes, at this temperature in mean legs; some plans are found only in one of the two ways. */
const temperature = 10

export function newReduction(search: Search): Reduction {
  const { requests } = search.finder.problem
  const lists = { attempts: new Int32Array(requests), queue: new Int32Array(requests) }
  const fewest = fewestVehicles(search.finder.problem)
  const reduction = { search, ...lists, vehicles: 0, fewest, failed: 0, ejections: 0 }
  dissolve(reduction)
  return reduction
}

/** Starts again from the best plan of the search: the first attempt dissolves the shortest route, a further one any route. */
export function dissolve(reduction: Reduction): void {
  const { search, attempts } = reduction
  const { ruin, plan, finder, best } = search
  copyPlan(best, plan)
  listAbsent(ruin, plan)
  const used = pack(search, plan)
  if (used !== reduction.vehicles) reduction.failed = 0
  reduction.vehicles = used
  reduction.ejections = firstEjections * moreEjections ** reduction.failed
  attempts.fill(1)
  if (ruin.absentCount > 0) {
    // First every request needs a vehicle; only then one vehicle can go.
    finder.fleet = finder.problem.vehicles
    copyPlan(plan, search.current)
    return
  }
  if (used <= reduction.fewest) return copyPlan(plan, search.current)
  const vehicle = reduction.failed === 0 ? shortestRoute(plan, used) : (finder.draw() * used) | 0
  takeRoute(ruin, plan, vehicle)
  closeRoutes(ruin, plan)
  moveRoute(search, plan, { from: used - 1, to: vehicle })
  finder.fleet = used - 1
  copyPlan(plan, search.current)
}

function shortestRoute({ size }: Plan, used: number): number {
  let shortest = 0
  for (let vehicle = 1; vehicle < used; vehicle++) if (size[vehicle]! < size[shortest]!) shortest = vehicle
  return shortest
}

/** Runs until `isOver`. Returns true when every request has a vehicle and one vehicle fewer is used. */
export function reduceVehicles(reduction: Reduction, isOver: () => boolean): boolean {
  const { search } = reduction
  const { finder, ruin, plan, current } = search
  while (!isOver()) {
    listAbsent(ruin, plan)
    if (ruin.absentCount === 0) {
      if (reduction.vehicles <= reduction.fewest) return false
      startFrom(search, plan)
      return true
    }
    if (reduction.ejections-- <= 0) {
      reduction.failed++
      dissolve(reduction)
      continue
    }
    const request = hardest(reduction)
    findPlace(finder, plan, request)
    if (finder.cost < Infinity) insertRequest(finder.problem, plan, request, finder.place)
    else {
      reduction.attempts[request]!++
      eject(reduction, request)
    }
    copyTouched(plan, current)
    for (let step = 0; step < stepsPerEjection; step++) shake(reduction)
  }
  return false
}

/** The absent request with the most attempts; a random one among equals. */
function hardest({ search, attempts }: Reduction): number {
  const { ruin, finder } = search
  let found = ruin.absent[(finder.draw() * ruin.absentCount) | 0]!
  for (let index = 0; index < ruin.absentCount; index++)
    if (attempts[ruin.absent[index]!]! > attempts[found]!) found = ruin.absent[index]!
  return found
}

/** One step of ruin and recreate; it stays when the absent requests do not become harder. */
function shake({ search, attempts, failed }: Reduction): void {
  const { ruin, plan, current } = search
  listAbsent(ruin, plan)
  const before = sumOf(attempts, ruin.absent, ruin.absentCount)
  ruinAndRecreate(search, 10)
  const after = sumOf(attempts, ruin.absent, ruin.absentCount)
  const stays = after < before || (after === before && (failed % 2 === 0 || isShortEnough(search)))
  if (stays) copyTouched(plan, current)
  else copyTouched(current, plan)
}

/** Simulated annealing at one temperature. */
function isShortEnough({ finder, plan, current }: Search): boolean {
  const cost = routesCost(current)
  const meanLeg = cost / (2 * finder.problem.requests)
  return routesCost(plan) < cost - temperature * meanLeg * Math.log(finder.draw())
}

function sumOf(attempts: Int32Array, requests: Int32Array, count: number): number {
  let sum = 0
  for (let index = 0; index < count; index++) sum += attempts[requests[index]!]!
  return sum
}

/** Inserts the request where it displaces one or two requests with the fewest attempts in sum. */
function eject(reduction: Reduction, request: number): void {
  const { search, attempts, queue } = reduction
  const { finder, ruin, plan } = search
  let lowest = attempts[request]!
  let first = -1
  let second = -1
  let target = -1
  for (let vehicle = 0; vehicle < finder.fleet; vehicle++) {
    const count = listRequests(reduction, vehicle)
    for (let i = 0; i < count; i++) {
      const one = queue[i]!
      const single = attempts[one]!
      if (single >= lowest) continue
      if (fitsWithout(search, request, { vehicle, one, other: -1 })) {
        lowest = single
        first = one
        second = -1
        target = vehicle
        continue
      }
      for (let j = i + 1; j < count; j++) {
        const other = queue[j]!
        const sum = single + attempts[other]!
        if (sum >= lowest || !fitsWithout(search, request, { vehicle, one, other })) continue
        lowest = sum
        first = one
        second = other
        target = vehicle
      }
    }
  }
  if (target < 0) return
  take(ruin, plan, first)
  if (second >= 0) take(ruin, plan, second)
  closeRoutes(ruin, plan)
  finder.cost = Infinity
  findInVehicle(finder, plan, request, target)
  insertRequest(finder.problem, plan, request, finder.place)
}

/** Fills `queue` with the requests of a vehicle, in random order. */
function listRequests({ search, queue }: Reduction, vehicle: number): number {
  const { finder, plan } = search
  const { problem, draw } = finder
  let count = 0
  const first = vehicle * plan.stride
  for (let slot = first + 1; slot < first + plan.size[vehicle]! - 1; slot++) {
    const node = plan.stops[slot]!
    const request = problem.requestOf[node]!
    if (problem.delivery[request] !== node) continue
    const at = (draw() * (count + 1)) | 0
    queue[count] = queue[at]!
    queue[at] = request
    count++
  }
  return count
}

type Ejection = Readonly<{ vehicle: number; one: number; other: number }>

/** True when the request fits into the route without one or two others. The plan is the same afterwards. */
function fitsWithout({ finder, plan, current }: Search, request: number, { vehicle, one, other }: Ejection): boolean {
  plan.vehicleOf[one] = -1
  if (other >= 0) plan.vehicleOf[other] = -1
  compactRoute(finder.problem, plan, vehicle)
  finder.cost = Infinity
  findInVehicle(finder, plan, request, vehicle)
  plan.vehicleOf[one] = vehicle
  if (other >= 0) plan.vehicleOf[other] = vehicle
  copyRoute(current, plan, vehicle)
  for (let slot = vehicle * plan.stride + plan.size[vehicle]! - 1; slot > vehicle * plan.stride; slot--)
    plan.slotOf[plan.stops[slot]!] = slot
  return finder.cost < Infinity
}

/** Moves the routes to the first vehicles. Returns how many are in use. */
function pack(search: Search, plan: Plan): number {
  let used = 0
  for (let vehicle = 0; vehicle < plan.size.length; vehicle++)
    if (plan.size[vehicle]! > 2) moveRoute(search, plan, { from: vehicle, to: used++ })
  return used
}

function moveRoute(
  { finder: { problem } }: Search,
  plan: Plan,
  { from, to }: Readonly<{ from: number; to: number }>,
): void {
  if (from === to) return
  const size = plan.size[from]!
  for (let index = 1; index < size - 1; index++) {
    const node = plan.stops[from * plan.stride + index]!
    plan.stops[to * plan.stride + index] = node
    plan.vehicleOf[problem.requestOf[node]!] = to
  }
  plan.stops[to * plan.stride + size - 1] = problem.end[to]!
  plan.size[to] = size
  updateRoute(problem, plan, to)
  clearRoute(problem, plan, from)
}
