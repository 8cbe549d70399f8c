import type { Plan } from './plan.ts'
import { compactRoute } from './plan.ts'
import type { Problem } from './problem.ts'
import type { Draw } from './random.ts'
import { shuffle } from './random.ts'

/** Chooses the requests that leave the plan. One object serves a whole search. */
export type Ruin = {
  readonly problem: Problem
  readonly draw: Draw
  /** All requests by their relation to each request: itself first, then from the most to the least related one. */
  readonly related: Int32Array
  /** Requests without a vehicle: `absent[0 … absentCount - 1]`. */
  readonly absent: Int32Array
  absentCount: number
  readonly scratch: Int32Array
  readonly broken: Uint8Array
}

export function newRuin(problem: Problem, draw: Draw): Ruin {
  const { requests, vehicles } = problem
  return {
    problem,
    draw,
    related: relatedRequests(problem),
    absent: new Int32Array(requests),
    absentCount: 0,
    scratch: new Int32Array(requests),
    broken: new Uint8Array(vehicles),
  }
}

/** Fills `absent` with the requests that have no vehicle. */
export function listAbsent(ruin: Ruin, plan: Plan): void {
  ruin.absentCount = 0
  for (let request = 0; request < ruin.problem.requests; request++)
    if (plan.vehicleOf[request] === -1) ruin.absent[ruin.absentCount++] = request
}

/** Takes a request out of the plan; `closeRoutes` then updates its route. */
export function take(ruin: Ruin, plan: Plan, request: number): void {
  const vehicle = plan.vehicleOf[request]!
  if (vehicle === -1) return
  plan.vehicleOf[request] = -1
  ruin.broken[vehicle] = 1
  ruin.absent[ruin.absentCount++] = request
}

export function closeRoutes(ruin: Ruin, plan: Plan): void {
  for (let vehicle = 0; vehicle < ruin.broken.length; vehicle++)
    if (ruin.broken[vehicle] === 1) {
      compactRoute(ruin.problem, plan, vehicle)
      ruin.broken[vehicle] = 0
    }
}

/**
 * Strings of neighbouring stops leave the routes near a random request (Christiaens and Vanden Berghe, 2020), with the other
 * stop of each of their requests.
 */
export function takeStrings(ruin: Ruin, plan: Plan, average: number): void {
  const { problem, draw, related } = ruin
  const { requests } = problem
  const longest = Math.min(10, meanRoute(plan))
  const strings = ((4 * average) / (1 + longest) - 1) * draw() + 1
  const seed = (draw() * requests) | 0
  const seen = ruin.scratch.fill(0)
  let cut = 0
  for (let rank = 0; rank < requests && cut < (strings | 0); rank++) {
    const request = related[seed * requests + rank]!
    const vehicle = plan.vehicleOf[request]!
    if (vehicle === -1 || seen[vehicle % requests] === vehicle + 1) continue
    seen[vehicle % requests] = vehicle + 1
    const length = 1 + ((draw() * Math.min(longest, plan.size[vehicle]! - 2)) | 0)
    takeString(ruin, plan, { request, length })
    cut++
  }
}

function takeString(ruin: Ruin, plan: Plan, { request, length }: Readonly<{ request: number; length: number }>): void {
  const { problem, draw } = ruin
  const vehicle = plan.vehicleOf[request]!
  const pickup = problem.pickup[request]!
  const node = pickup < 0 || draw() < 0.5 ? problem.delivery[request]! : pickup
  const first = vehicle * plan.stride + 1
  const stops = plan.size[vehicle]! - 2
  // Half of the strings spare some stops in their middle.
  const spared = draw() < 0.5 ? sparedStops(draw, stops - length) : 0
  const span = Math.min(stops, length + spared)
  const at = plan.slotOf[node]! - first
  const earliestStart = Math.max(0, at - span + 1)
  const latestStart = Math.min(at, stops - span)
  const begin = earliestStart + ((draw() * (latestStart - earliestStart + 1)) | 0)
  const sparedFrom = begin + ((draw() * (span - spared + 1)) | 0)
  for (let index = begin; index < begin + span; index++) {
    if (index >= sparedFrom && index < sparedFrom + spared) continue
    take(ruin, plan, problem.requestOf[plan.stops[first + index]!]!)
  }
}

function sparedStops(draw: Draw, most: number): number {
  let spared = 1
  while (spared < most && draw() > 0.01) spared++
  return most < 1 ? 0 : spared
}

function meanRoute(plan: Plan): number {
  let stops = 0
  let used = 0
  for (let vehicle = 0; vehicle < plan.size.length; vehicle++)
    if (plan.size[vehicle]! > 2) {
      stops += plan.size[vehicle]! - 2
      used++
    }
  return used === 0 ? 1 : stops / used
}

/** Requests related to a random one leave, the nearest ones most often (Shaw, 1998). */
export function takeRelated(ruin: Ruin, plan: Plan, count: number): void {
  const { problem, draw, related } = ruin
  const { requests } = problem
  const seed = (draw() * requests) | 0
  let taken = 0
  for (let rank = 0; rank < requests && taken < count; rank++) {
    const request = related[seed * requests + rank]!
    if (plan.vehicleOf[request] === -1 || (rank > 0 && draw() < 0.25)) continue
    take(ruin, plan, request)
    taken++
  }
}

export function takeRandom(ruin: Ruin, plan: Plan, count: number): void {
  const { problem, draw, scratch } = ruin
  for (let request = 0; request < problem.requests; request++) scratch[request] = request
  shuffle(draw, scratch, problem.requests)
  for (let index = 0, taken = 0; index < problem.requests && taken < count; index++)
    if (plan.vehicleOf[scratch[index]!] !== -1) {
      take(ruin, plan, scratch[index]!)
      taken++
    }
}

/** All requests of one route leave. */
export function takeRoute(ruin: Ruin, plan: Plan, vehicle: number): void {
  const first = vehicle * plan.stride
  for (let slot = first + 1; slot < first + plan.size[vehicle]! - 1; slot++)
    take(ruin, plan, ruin.problem.requestOf[plan.stops[slot]!]!)
}

/** Ranks requests by the distance of their stops and of their windows. */
function relatedRequests(problem: Problem): Int32Array {
  const { requests, nodes, earliest, latest, pickup, delivery } = problem
  const { cost, travel } = problem.legs[0]!
  const scale = meanOf(cost)
  const timeScale = meanOf(travel)
  const between = (one: number, other: number) => {
    const wait = Math.max(0, earliest[one]! - latest[other]!, earliest[other]! - latest[one]!)
    return (cost[one * nodes + other]! + cost[other * nodes + one]!) / (2 * scale) + (0.2 * wait) / timeScale
  }
  const distance = (one: number, other: number) => {
    const dropped = between(delivery[one]!, delivery[other]!)
    if (pickup[one]! < 0 || pickup[other]! < 0) return dropped
    const crossed = Math.min(between(pickup[one]!, delivery[other]!), between(delivery[one]!, pickup[other]!))
    return Math.min(dropped, between(pickup[one]!, pickup[other]!), crossed)
  }
  const ranked = new Int32Array(requests * requests)
  for (let one = 0; one < requests; one++) {
    const order = Array.from(
      { length: requests },
      (_, other) => [other === one ? -1 : distance(one, other), other] as const,
    )
    order.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    ranked.set(
      order.map(([, other]) => other),
      one * requests,
    )
  }
  return ranked
}

function meanOf(matrix: Float64Array): number {
  let total = 0
  for (const value of matrix) total += value
  return total / matrix.length || 1
}
