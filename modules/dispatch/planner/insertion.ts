import type { Problem } from './problem.ts'
import type { Place, Plan } from './plan.ts'
import type { Draw } from './random.ts'

/** The cheapest place that a look-up found, and the work of all look-ups. One object serves a whole search. */
export type Finder = {
  readonly problem: Problem
  readonly draw: Draw
  /** Vehicles from this index on stay empty. */
  fleet: number
  /** The chance to pass over a place that would be the best so far. It varies the results. */
  blink: number
  /** The cost that the place adds; Infinity when there is none. */
  cost: number
  readonly place: Place
  /** The lowest cost of a delivery in a slot or behind it, without the pickup. */
  readonly bound: Float64Array
  /** Places that were examined: the measure of work, which does not depend on the machine. */
  work: number
}

export const newFinder = (problem: Problem, draw: Draw): Finder => ({
  problem,
  draw,
  fleet: problem.vehicles,
  blink: 0,
  cost: Infinity,
  place: { vehicle: -1, pickupAfter: -1, deliveryAfter: -1 },
  bound: new Float64Array(2 * problem.requests + 3),
  work: 0,
})

/** Finds the cheapest feasible place for a request in all vehicles. */
export function findPlace(finder: Finder, plan: Plan, request: number): void {
  const { problem, fleet } = finder
  finder.cost = Infinity
  let triedEmpty = false
  for (let vehicle = 0; vehicle < fleet; vehicle++) {
    const empty = problem.identical && plan.size[vehicle] === 2
    if (!(empty && triedEmpty)) findInVehicle(finder, plan, request, vehicle)
    triedEmpty ||= empty
  }
}

/** Finds a place in one vehicle that is cheaper than `finder.cost`. */
// oxlint-disable-next-line max-params -- the hot path of the planner: an object per call costs a tenth of its speed.
export function findInVehicle(finder: Finder, plan: Plan, request: number, vehicle: number): void {
  const { problem } = finder
  if (problem.allowed[request * problem.vehicles + vehicle] === 0) return
  if (problem.pickup[request]! < 0) findDelivery(finder, plan, request, vehicle)
  else findPair(finder, plan, request, vehicle)
}

/**
 * Examines pairs of places in constant time each: the time behind the pickup is carried along with the delivery. The bound of
 * the delivery ends a loop that can find nothing cheaper.
 */
// oxlint-disable-next-line max-params, max-lines-per-function -- one loop without calls
function findPair(finder: Finder, plan: Plan, request: number, vehicle: number): void {
  const { problem, place } = finder
  const { nodes, earliest, service } = problem
  const { cost, costInto, travel, travelInto } = problem.legs[vehicle]!
  const { stops, depart, late, volume, weight, legCost, legTravel } = plan
  const p = problem.pickup[request]!
  const d = problem.delivery[request]!
  const rowP = p * nodes
  const rowD = d * nodes
  const roomVolume = problem.maxVolume[vehicle]! - problem.volume[p]!
  const roomWeight = problem.maxWeight[vehicle]! - problem.weight[p]!
  const earliestP = earliest[p]!
  const latestP = problem.latest[p]!
  const serviceP = service[p]!
  const earliestD = earliest[d]!
  const latestD = problem.latest[d]!
  const serviceD = service[d]!
  const first = vehicle * plan.stride
  const last = first + plan.size[vehicle]! - 1
  const direct = cost[rowP + d]!
  const directTravel = travel[rowP + d]!
  const { bound } = finder
  let lowest = Infinity
  for (let j = last - 1; j > first; j--) {
    const at = stops[j]!
    const after = stops[j + 1]!
    const added = costInto[rowD + at]! + cost[rowD + after]! - legCost[j]!
    if (added < lowest) {
      const arriveD = depart[j]! + travelInto[rowD + at]!
      if (arriveD <= latestD) {
        const departD = (arriveD > earliestD ? arriveD : earliestD) + serviceD
        if (departD + travel[rowD + after]! <= late[j + 1]!) lowest = added
      }
    }
    bound[j - first] = lowest
  }
  bound[last - first] = Infinity
  let best = finder.cost
  let work = last - first
  for (let i = first; i < last; i++) {
    const departI = depart[i]!
    if (departI > latestP) break
    if (volume[i]! > roomVolume || weight[i]! > roomWeight) continue
    const here = stops[i]!
    const next = stops[i + 1]!
    work++
    const toPickup = costInto[rowP + here]! - legCost[i]!
    const pickupCost = toPickup + cost[rowP + next]!
    const arriveP = departI + travelInto[rowP + here]!
    if (arriveP > latestP) continue
    const departP = (arriveP > earliestP ? arriveP : earliestP) + serviceP
    const adjacent = toPickup + direct + cost[rowD + next]!
    if (adjacent < best) {
      const arriveD = departP + directTravel
      if (arriveD <= latestD) {
        const departD = (arriveD > earliestD ? arriveD : earliestD) + serviceD
        if (departD + travel[rowD + next]! <= late[i + 1]! && !(finder.blink > 0 && finder.draw() < finder.blink)) {
          best = adjacent
          place.vehicle = vehicle
          place.pickupAfter = i
          place.deliveryAfter = i
        }
      }
    }
    let time = departP + travel[rowP + next]!
    for (let j = i + 1; j < last; j++) {
      const at = stops[j]!
      if (pickupCost + bound[j - first]! >= best) break
      if (time > late[j]! || volume[j]! > roomVolume || weight[j]! > roomWeight) break
      if (time < earliest[at]!) time = earliest[at]!
      time += service[at]!
      if (time > latestD) break
      work++
      const after = stops[j + 1]!
      const added = pickupCost + costInto[rowD + at]! + cost[rowD + after]! - legCost[j]!
      if (added < best) {
        const arriveD = time + travelInto[rowD + at]!
        if (arriveD <= latestD) {
          const departD = (arriveD > earliestD ? arriveD : earliestD) + serviceD
          if (departD + travel[rowD + after]! <= late[j + 1]! && !(finder.blink > 0 && finder.draw() < finder.blink)) {
            best = added
            place.vehicle = vehicle
            place.pickupAfter = i
            place.deliveryAfter = j
          }
        }
      }
      time += legTravel[j]!
    }
  }
  finder.cost = best
  finder.work += work
}

/** The same for a request that the vehicle already carries: only its delivery has a place. */
// oxlint-disable-next-line max-params
function findDelivery(finder: Finder, plan: Plan, request: number, vehicle: number): void {
  const { problem, place } = finder
  const { nodes } = problem
  const { cost, costInto, travel, travelInto } = problem.legs[vehicle]!
  const { stops, depart, late, legCost, volume, weight } = plan
  const d = problem.delivery[request]!
  const row = d * nodes
  const first = vehicle * plan.stride
  const last = first + plan.size[vehicle]! - 1
  for (let i = first; i < last; i++) {
    const here = stops[i]!
    const next = stops[i + 1]!
    // Without this delivery the route may carry too much behind a pickup: the goods must be out before.
    if (volume[i]! > problem.maxVolume[vehicle]! || weight[i]! > problem.maxWeight[vehicle]!) break
    finder.work++
    const added = costInto[row + here]! + cost[row + next]! - legCost[i]!
    if (added >= finder.cost) continue
    const arrive = depart[i]! + travelInto[row + here]!
    if (arrive > problem.latest[d]!) continue
    const leave = Math.max(arrive, problem.earliest[d]!) + problem.service[d]!
    if (leave + travel[row + next]! > late[i + 1]!) continue
    if (finder.blink > 0 && finder.draw() < finder.blink) continue
    finder.cost = added
    place.vehicle = vehicle
    place.pickupAfter = i
    place.deliveryAfter = i
  }
}
