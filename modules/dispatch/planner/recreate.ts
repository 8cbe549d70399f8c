import type { Finder } from './insertion.ts'
import { findInVehicle, findPlace } from './insertion.ts'
import type { Place, Plan } from './plan.ts'
import { insertRequest } from './plan.ts'
import type { Problem } from './problem.ts'
import { shuffle } from './random.ts'
import type { Ruin } from './ruin.ts'

/** Puts absent requests back. One object serves a whole search. */
export type Recreate = {
  readonly keys: Float64Array
  /** The cheapest place of each absent request in each vehicle. Regret compares them. */
  readonly costs: Float64Array
  readonly pickups: Int32Array
  readonly deliveries: Int32Array
  /** Sort keys that never change: volume, distance from the start, width and ends of the windows. */
  readonly fixedKeys: readonly Float64Array[]
  readonly chosen: Place
}

export function newRecreate(problem: Problem): Recreate {
  const { requests, vehicles } = problem
  return {
    keys: new Float64Array(requests),
    costs: new Float64Array(requests * vehicles),
    pickups: new Int32Array(requests * vehicles),
    deliveries: new Int32Array(requests * vehicles),
    fixedKeys: fixedKeysOf(problem),
    chosen: { vehicle: -1, pickupAfter: -1, deliveryAfter: -1 },
  }
}

function fixedKeysOf(problem: Problem): readonly Float64Array[] {
  const { requests, nodes, start, pickup, delivery, earliest, latest, volume } = problem
  const { cost } = problem.legs[0]!
  const key = (valueOf: (first: number, last: number) => number) =>
    Float64Array.from({ length: requests }, (_, request) => {
      const last = delivery[request]!
      return valueOf(pickup[request]! < 0 ? last : pickup[request]!, last)
    })
  const far = (node: number) => cost[start[0]! * nodes + node]!
  return [
    key((_, last) => volume[last]!),
    key((first, last) => -Math.max(far(first), far(last))),
    key((first, last) => Math.max(far(first), far(last))),
    key((first, last) => latest[first]! - earliest[first]! + latest[last]! - earliest[last]!),
    key((first) => earliest[first]!),
    key((_, last) => -latest[last]!),
  ]
}

/** Inserts the absent requests one after the other at their cheapest places; those without one stay absent. */
export function insertGreedily({ finder, ruin, recreate, plan }: Parts): void {
  const { draw, problem } = finder
  shuffle(draw, ruin.absent, ruin.absentCount)
  // Random order most often; the weights are those of Christiaens and Vanden Berghe.
  const kind = (draw() * 17) | 0
  const key = kind < 4 ? -1 : kind < 8 ? 0 : kind < 10 ? 1 : kind < 11 ? 2 : kind < 13 ? 3 : kind < 15 ? 4 : 5
  if (key >= 0) sortAbsent(ruin, recreate.fixedKeys[key]!)
  let left = 0
  for (let index = 0; index < ruin.absentCount; index++) {
    const request = ruin.absent[index]!
    findPlace(finder, plan, request)
    if (finder.cost === Infinity) ruin.absent[left++] = request
    else insertRequest(problem, plan, request, finder.place)
  }
  ruin.absentCount = left
}

/** The parts of a search. */
export type Parts = Readonly<{ finder: Finder; ruin: Ruin; recreate: Recreate; plan: Plan }>

/** Insertion sort: the lists are short, and nothing is allocated. */
function sortAbsent(ruin: Ruin, keys: Float64Array): void {
  const { absent, absentCount } = ruin
  for (let index = 1; index < absentCount; index++) {
    const request = absent[index]!
    const key = keys[request]!
    let at = index - 1
    while (at >= 0 && keys[absent[at]!]! > key) {
      absent[at + 1] = absent[at]!
      at--
    }
    absent[at + 1] = request
  }
}

/**
 * Inserts next the request that would lose most if it did not get its best place: the sum of the differences between its
 * `depth` best vehicles and the best one. `noise` is added to each cost.
 */
export function insertByRegret(parts: Parts, depth: number, noise: number): void {
  const { finder, ruin, recreate, plan } = parts
  for (let index = 0; index < ruin.absentCount; index++)
    for (let vehicle = 0; vehicle < finder.fleet; vehicle++) evaluate(parts, ruin.absent[index]!, { vehicle, noise })
  for (;;) {
    const index = maxRegretted(parts, depth)
    if (index < 0) return
    const request = ruin.absent[index]!
    insertRequest(finder.problem, plan, request, recreate.chosen)
    ruin.absent[index] = ruin.absent[--ruin.absentCount]!
    const { vehicle } = recreate.chosen
    for (let other = 0; other < ruin.absentCount; other++) evaluate(parts, ruin.absent[other]!, { vehicle, noise })
  }
}

function evaluate(
  parts: Parts,
  request: number,
  { vehicle, noise }: Readonly<{ vehicle: number; noise: number }>,
): void {
  const { finder, recreate, plan } = parts
  const index = request * finder.problem.vehicles + vehicle
  finder.cost = Infinity
  findInVehicle(finder, plan, request, vehicle)
  recreate.costs[index] =
    finder.cost === Infinity || noise === 0 ? finder.cost : finder.cost + noise * (2 * finder.draw() - 1)
  recreate.pickups[index] = finder.place.pickupAfter
  recreate.deliveries[index] = finder.place.deliveryAfter
}

/** The index of the next request in `absent`, and its place in `chosen`; -1 when none has a place. */
function maxRegretted({ finder, ruin, recreate }: Parts, depth: number): number {
  const { problem, fleet } = finder
  const { costs, chosen } = recreate
  let found = -1
  let foundVehicle = -1
  let highest = -Infinity
  let cheapest = Infinity
  for (let index = 0; index < ruin.absentCount; index++) {
    const row = ruin.absent[index]! * problem.vehicles
    let first = Infinity
    let second = Infinity
    let third = Infinity
    let vehicle = -1
    for (let other = 0; other < fleet; other++) {
      const cost = costs[row + other]!
      if (cost < first) {
        third = second
        second = first
        first = cost
        vehicle = other
      } else if (cost < second) {
        third = second
        second = cost
      } else if (cost < third) third = cost
    }
    if (vehicle < 0) continue
    // A vehicle that cannot serve the request counts as very expensive, so that requests with few vehicles go first.
    const far = problem.penalty[ruin.absent[index]!]!
    const regret = Math.min(second, far) - first + (depth > 2 ? Math.min(third, far) - first : 0)
    if (regret > highest || (regret === highest && first < cheapest)) {
      highest = regret
      cheapest = first
      found = index
      foundVehicle = vehicle
    }
  }
  if (found < 0) return -1
  const place = ruin.absent[found]! * problem.vehicles + foundVehicle
  chosen.vehicle = foundVehicle
  chosen.pickupAfter = recreate.pickups[place]!
  chosen.deliveryAfter = recreate.deliveries[place]!
  return found
}
