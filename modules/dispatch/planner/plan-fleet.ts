import { compile, mayServe, type FleetProblem, type PlannedOrder, type Tolerances } from './fleet-problem.ts'
import { findPlace, newFinder } from './insertion.ts'
import type { Budget } from './island.ts'
import { emptyPlan, insertRequest, routesOf, setRoutes } from './plan.ts'
import type { Problem } from './problem.ts'
import { drawFrom } from './random.ts'
import { solve } from './solve.ts'
import { timeRoute, type PlannedRoute, type Sequence } from './timeline.ts'

export type FleetPlan = Readonly<{
  /** One for each courier, in the order of the problem; without stops for a courier who has nothing to do. */
  routes: readonly PlannedRoute[]
  /** Orders that no courier can serve at all. */
  unserved: readonly string[]
}>

/** How late an order may become at most, in seconds, when it cannot be on time; tried one after the other. */
const steps = [300, 900, 1800, 3600, 4 * 3600, 24 * 3600, 365 * 24 * 3600]

/**
 * Plans all routes: first as many orders as possible, then little lateness, then short travel. The same problem, budget and seed
 * give the same plan. It takes as long as the budget says: call it through `openPlanner`, which uses a thread.
 */
export function planRoutes(fleet: FleetProblem, budget: Budget, seed: number): FleetPlan {
  const part = { ...budget, count: budget.count / 4 }
  let tolerances = fleet.orders.map((order) => unavoidable(fleet, order))
  let problem = compile(fleet, tolerances)
  let { routes } = solve({ problem, budget: part, seed, islands: 1 })
  for (const step of steps) {
    const unserved = new Set(unservedOf(fleet, problem, routes))
    if (unserved.size === 0) break
    tolerances = fleet.orders.map((order, index) =>
      unserved.has(order.order_id) ? unavoidable(fleet, order) + step : tolerances[index]!,
    )
    problem = compile(fleet, tolerances)
    routes = solve({ problem, budget: part, seed, islands: 1 }).routes
  }
  const plan = planOf(fleet, problem, routes)
  // The rest of the budget shortens the routes, and no order may become later than it is now.
  const settled = compile(fleet, tolerancesOf(fleet, plan))
  return better(fleet, solve({ problem: settled, budget, seed: seed + 1, islands: 1 }).routes, plan)
}

function better(fleet: FleetProblem, routes: readonly (readonly number[])[], plan: FleetPlan): FleetPlan {
  const other = planOf(fleet, compile(fleet, tolerancesOf(fleet, plan)), routes)
  return compareScores(scoreOf(other), scoreOf(plan)) <= 0 ? other : plan
}

/**
 * Inserts one order of the problem into a plan that lacks it, at its cheapest place; all other stops keep their order.
 * `inserted: undefined` when no courier can take the order.
 */
export function insert(
  fleet: FleetProblem,
  plan: FleetPlan,
  order_id: string,
): Readonly<{
  plan: FleetPlan
  inserted: Readonly<{ courier_id: string; dropoff_at: number; added_seconds: number }> | undefined
}> {
  if (!fleet.orders.some((order) => order.order_id === order_id))
    throw new Error(`there is no order ${order_id} in the problem`)
  const without = removeOrders(fleet, plan, new Set([order_id]))
  const after = insertAll(fleet, without, [order_id])
  const vehicle = after.routes.findIndex(({ stops }) => stops.some((stop) => stop.order_id === order_id))
  const route = after.routes[vehicle]
  if (!route) return { plan: after, inserted: undefined }
  const dropoff = route.stops.find((stop) => stop.order_id === order_id && stop.kind === 'dropoff')!
  const added_seconds = route.travel_seconds - without.routes[vehicle]!.travel_seconds
  return { plan: after, inserted: { courier_id: route.courier_id, dropoff_at: dropoff.begins_at, added_seconds } }
}

/** Inserts orders one after the other, each with the least lateness for which it has a place. */
function insertAll(fleet: FleetProblem, plan: FleetPlan, order_ids: readonly string[]): FleetPlan {
  const problem = compile(fleet, tolerancesOf(fleet, plan))
  const filled = emptyPlan(problem)
  const nodes = fleet.couriers.map((_, vehicle) => nodesOf(fleet, plan.routes[vehicle]?.stops ?? []))
  setRoutes(problem, filled, nodes)
  const finder = newFinder(problem, drawFrom(1))
  const indexOf = new Map(fleet.orders.map(({ order_id }, index) => [order_id, index]))
  for (const order_id of order_ids) {
    const request = indexOf.get(order_id)!
    const dropoff = problem.delivery[request]!
    const latest = problem.latest[dropoff]!
    for (const step of [0, ...steps]) {
      // The window of a node without a route may move: no route has computed with it yet.
      problem.latest[dropoff] = latest + step
      findPlace(finder, filled, request)
      if (finder.cost === Infinity) continue
      insertRequest(problem, filled, request, finder.place)
      break
    }
  }
  return planOf(fleet, problem, routesOf(filled))
}

/** How much a plan must save to replace another one, so that couriers are not sent to and fro. */
const leastGain = { seconds: 60, share: 0.05 }

/**
 * The plan to follow: the proposed one when it serves more, is less late, or saves at least 60 seconds or 5 % of the travel. Otherwise the current one,
 * without the orders that are gone and with the new ones inserted.
 */
export function replaceIfBetter(fleet: FleetProblem, current: FleetPlan, proposed: FleetPlan): FleetPlan {
  const carried = carryOver(fleet, current)
  const [now, then] = [scoreOf(carried), scoreOf(proposed)]
  if (then.unserved !== now.unserved) return then.unserved < now.unserved ? proposed : carried
  if (Math.abs(then.late - now.late) >= leastGain.seconds) return then.late < now.late ? proposed : carried
  const saved = now.travel - then.travel
  return saved >= leastGain.seconds || (saved > 0 && saved >= leastGain.share * now.travel) ? proposed : carried
}

/** A plan of an earlier problem for this one: without the orders that are gone, with the new ones at their cheapest places. */
export function carryOver(fleet: FleetProblem, earlier: FleetPlan): FleetPlan {
  const orders = new Map(fleet.orders.map((order) => [order.order_id, order]))
  const planned = new Set<string>()
  const stopsOf = new Map(earlier.routes.map(({ courier_id, stops }) => [courier_id, stops]))
  const routes = fleet.couriers.map((courier) => {
    const stops = (stopsOf.get(courier.courier_id) ?? []).filter(({ order_id, kind }) => {
      const order = orders.get(order_id)
      return order && mayServe(order, courier) && (kind === 'dropoff' || order.picked_up_by === undefined)
    })
    // An order of which a stop is missing gets a new place.
    const complete = stops.filter(({ order_id }) => {
      const stopsOfOrder = stops.filter((stop) => stop.order_id === order_id).length
      return stopsOfOrder === (orders.get(order_id)?.picked_up_by === undefined ? 2 : 1)
    })
    for (const { order_id } of complete) planned.add(order_id)
    return timeRoute(fleet, courier, complete)
  })
  const open = fleet.orders.filter(({ order_id }) => !planned.has(order_id))
  const byUrgency = open.toSorted((one, other) => one.window.to - other.window.to)
  return insertAll(
    fleet,
    { routes, unserved: [] },
    byUrgency.map(({ order_id }) => order_id),
  )
}

/** The sums by which plans are compared, the first ones first. */
export type Score = Readonly<{ unserved: number; late: number; travel: number }>

export function scoreOf({ routes, unserved }: FleetPlan): Score {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return {
    unserved: unserved.length,
    late: sum(routes.flatMap(({ stops }) => stops.map(({ late_seconds }) => late_seconds))),
    travel: sum(routes.map(({ travel_seconds }) => travel_seconds)),
  }
}

const compareScores = (one: Score, other: Score): number =>
  one.unserved - other.unserved || one.late - other.late || one.travel - other.travel

/** How late an order is even when a free courier serves it alone, in seconds; below 0 when there is time. */
function unavoidable(fleet: FleetProblem, order: PlannedOrder): number {
  const { couriers, places, seconds } = fleet
  const soonest = Math.min(
    ...couriers.map(({ place, free_at, pace, courier_id }) => {
      const leg = (from: number, to: number) => Math.round(pace * seconds[from * places + to]!)
      if (order.picked_up_by === courier_id) return free_at + leg(place, order.dropoff_place)
      const picked = Math.max(free_at + leg(place, order.pickup_place), order.ready_at) + order.pickup_seconds
      return picked + leg(order.pickup_place, order.dropoff_place)
    }),
  )
  return Number.isFinite(soonest) ? Math.max(0, soonest - order.window.to) : 0
}

/** The lateness that each order has in the plan, so that the plan is feasible again. */
function tolerancesOf(fleet: FleetProblem, { routes }: FleetPlan): Tolerances {
  const late = new Map(
    routes.flatMap(({ stops }) => stops.map(({ order_id, late_seconds }) => [order_id, late_seconds] as const)),
  )
  const dropoffs = new Map(
    routes.flatMap(({ stops }) => stops.filter(({ kind }) => kind === 'dropoff').map((stop) => [stop.order_id, stop])),
  )
  return fleet.orders.map((order) =>
    dropoffs.has(order.order_id) ? late.get(order.order_id)! : unavoidable(fleet, order),
  )
}

function nodesOf({ couriers, orders }: FleetProblem, sequence: Sequence): readonly number[] {
  const indexOf = new Map(orders.map(({ order_id }, index) => [order_id, index]))
  return sequence.map(
    ({ order_id, kind }) => 2 * couriers.length + 2 * indexOf.get(order_id)! + (kind === 'pickup' ? 0 : 1),
  )
}

function planOf(fleet: FleetProblem, problem: Problem, routes: readonly (readonly number[])[]): FleetPlan {
  return {
    routes: fleet.couriers.map((courier, vehicle) =>
      timeRoute(fleet, courier, sequenceOf(fleet, problem, routes[vehicle] ?? [])),
    ),
    unserved: unservedOf(fleet, problem, routes),
  }
}

const sequenceOf = ({ orders }: FleetProblem, { requestOf, delivery }: Problem, nodes: readonly number[]): Sequence =>
  nodes.map((node) => {
    const request = requestOf[node]!
    return { order_id: orders[request]!.order_id, kind: delivery[request] === node ? 'dropoff' : 'pickup' }
  })

function unservedOf(
  { orders }: FleetProblem,
  { delivery }: Problem,
  routes: readonly (readonly number[])[],
): readonly string[] {
  const visited = new Set(routes.flat())
  return orders.flatMap(({ order_id }, request) => (visited.has(delivery[request]!) ? [] : [order_id]))
}

function removeOrders(fleet: FleetProblem, plan: FleetPlan, gone: ReadonlySet<string>): FleetPlan {
  const routes = fleet.couriers.map((courier) => {
    const stops = plan.routes.find(({ courier_id }) => courier_id === courier.courier_id)?.stops ?? []
    return timeRoute(
      fleet,
      courier,
      stops.filter(({ order_id }) => !gone.has(order_id)),
    )
  })
  return { routes, unserved: plan.unserved.filter((order_id) => !gone.has(order_id)) }
}
