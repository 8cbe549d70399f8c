import {
  carryOver,
  planRoutes,
  replaceIfBetter,
  type FleetPlan,
  type FleetProblem,
  type PlannedOrder,
} from '#dispatch/planner'
import { drawFrom, meanOf } from './random.ts'

/** `single`: the oldest order and the first free courier, one order a trip. `greedy`: each order is inserted once. `planner`: routes are planned again. */
export type ShopRule = 'single' | 'greedy' | 'planner'

export type ShopRun = Readonly<{
  couriers: number
  ordersPerHour: number
  hours: number
  seeds: number
  rule: ShopRule
}>

export type ShopResult = Readonly<{ onTime: number; meanMinutes: number; kmPerOrder: number }>

const promise = 60 * 60
const handoverSeconds = 3 * 60
const radius = 4
const detour = 1.3
const metresPerSecond = 15 / 3.6
const minimum = 2

type Point = Readonly<{ x: number; y: number }>
type Order = Readonly<{ id: string; at: number; to: Point; volume: number }>
type Rider = { id: string; at: Point; freeAt: number; carries: Set<string>; metres: number }

const store: Point = { x: 0, y: 0 }
const metresBetween = (from: Point, to: Point) => 1000 * detour * Math.hypot(from.x - to.x, from.y - to.y)

/** One store in the middle of a circle of 4 km, bikes at 15 km/h, three minutes at each customer, a promise of 60 minutes. */
export function simulateShop(run: ShopRun): ShopResult {
  const days = Array.from({ length: run.seeds }, (_, seed) =>
    run.rule === 'single' ? simulateSingleTrips(run, seed + 1) : simulateDay(run, seed + 1),
  )
  const minutes = days.flatMap((day) => day.minutes)
  return {
    onTime: minutes.filter((one) => one <= promise / 60).length / minutes.length,
    meanMinutes: meanOf(minutes),
    kmPerOrder: days.reduce((sum, { km }) => sum + km, 0) / minutes.length,
  }
}

function ordersOf({ ordersPerHour, hours }: ShopRun, seed: number): readonly Order[] {
  const draw = drawFrom(seed)
  const orders: Order[] = []
  for (let at = 0; ;) {
    at += (-Math.log(1 - draw()) * 3600) / ordersPerHour
    if (at > hours * 3600) return orders
    const [angle, distance] = [2 * Math.PI * draw(), radius * Math.sqrt(draw())]
    const to = { x: distance * Math.cos(angle), y: distance * Math.sin(angle) }
    orders.push({ id: `order ${orders.length}`, at: Math.ceil(at), to, volume: minimum + Math.floor(7 * draw()) })
  }
}

type Day = Readonly<{ minutes: readonly number[]; km: number }>

/** The oldest order goes to the courier who is back first, alone. */
function simulateSingleTrips(run: ShopRun, seed: number): Day {
  const backAt = Array.from({ length: run.couriers }, () => 0)
  let metres = 0
  const minutes = ordersOf(run, seed).map(({ at, to }) => {
    const first = backAt.indexOf(Math.min(...backAt))
    const oneWay = metresBetween(store, to) / metresPerSecond
    const arrives = Math.max(at, backAt[first]!) + oneWay
    backAt[first] = arrives + handoverSeconds + oneWay
    metres += 2 * metresBetween(store, to)
    return (arrives - at) / 60
  })
  return { minutes, km: metres / 1000 }
}

function simulateDay(run: ShopRun, seed: number): Day {
  const orders = ordersOf(run, seed)
  const riders = Array.from({ length: run.couriers }, (_, index): Rider => ({
    id: `courier ${index}`,
    at: store,
    freeAt: 0,
    carries: new Set(),
    metres: 0,
  }))
  const delivered = new Map<string, number>()
  let plan: FleetPlan = { routes: [], unserved: [] }
  let now = 0
  while (delivered.size < orders.length) {
    const open = orders.filter(({ id, at }) => at <= now && !delivered.has(id))
    const fleet = fleetOf(riders, { open, now })
    plan = nextPlan(run.rule, fleet, plan)
    for (const rider of riders) if (rider.freeAt <= now) driveOn(rider, { plan, orders, now, delivered })
    const next = [...riders.map(({ freeAt }) => freeAt), ...orders.map(({ at }) => at)].filter((at) => at > now)
    now = next.length > 0 ? Math.min(...next) : now + 60
  }
  return {
    minutes: orders.map(({ id, at }) => (delivered.get(id)! - at) / 60),
    km: riders.reduce((sum, { metres }) => sum + metres, 0) / 1000,
  }
}

function nextPlan(rule: ShopRule, fleet: FleetProblem, plan: FleetPlan): FleetPlan {
  const carried = carryOver(fleet, plan)
  if (rule !== 'planner' || fleet.orders.length === 0) return carried
  return replaceIfBetter(fleet, carried, planRoutes(fleet, { unit: 'steps', count: 60 }, 1))
}

type Moment = Readonly<{
  plan: FleetPlan
  orders: readonly Order[]
  now: number
  delivered: Map<string, number>
}>

/** Sends a free rider to the next stop of the route; all parcels that the store has for this trip are taken at once. */
function driveOn(rider: Rider, { plan, orders, now, delivered }: Moment): void {
  const stops = plan.routes.find(({ courier_id }) => courier_id === rider.id)?.stops ?? []
  const [stop] = stops
  if (!stop) return
  const order = orders.find(({ id }) => id === stop.order_id)!
  const to = stop.kind === 'pickup' ? store : order.to
  const metres = metresBetween(rider.at, to)
  rider.metres += metres
  rider.at = to
  const arrives = now + Math.round(metres / metresPerSecond)
  if (stop.kind === 'dropoff') {
    rider.carries.delete(order.id)
    delivered.set(order.id, arrives)
    rider.freeAt = arrives + handoverSeconds
    return
  }
  rider.freeAt = Math.max(arrives, now + 1)
  for (const { kind, order_id } of stops) {
    if (kind === 'dropoff') return
    rider.carries.add(order_id)
  }
}

type Open = Readonly<{ open: readonly Order[]; now: number }>

function fleetOf(riders: readonly Rider[], { open, now }: Open): FleetProblem {
  const points = [store, ...riders.map(({ at }) => at), ...open.map(({ to }) => to)]
  const places = points.length
  const seconds = new Float64Array(places * places)
  points.forEach((from, row) =>
    points.forEach((to, column) => {
      seconds[row * places + column] = Math.round(metresBetween(from, to) / metresPerSecond)
    }),
  )
  return {
    places,
    seconds,
    couriers: riders.map(({ id, freeAt }, index) => ({
      courier_id: id,
      name: id,
      place: 1 + index,
      free_at: Math.max(now, freeAt),
      shift_ends_at: 48 * 3600,
      end_place: 0,
      max_volume: 20,
      max_weight_grams: 1e6,
      pace: 1,
      idle_since: freeAt,
    })),
    orders: open.map((order, index) => plannedOrder(order, 1 + riders.length + index, riders)),
  }
}

function plannedOrder({ id, at, volume }: Order, dropoff_place: number, riders: readonly Rider[]): PlannedOrder {
  const rider = riders.find(({ carries }) => carries.has(id))
  return {
    order_id: id,
    pickup_place: 0,
    dropoff_place,
    ready_at: at,
    window: { from: at, to: at + promise },
    pickup_seconds: 0,
    dropoff_seconds: handoverSeconds,
    volume,
    weight_grams: 0,
    excluded: [],
    ...(rider && { picked_up_by: rider.id }),
  }
}
