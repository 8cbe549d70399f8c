import { identicalVehicles, type Instance, type Task } from './pdptw.ts'
import type { Problem } from './problem.ts'
import { drawFrom, type Draw } from './random.ts'
import { newReduction, dissolve, reduceVehicles } from './reduce-vehicles.ts'
import { construct, newSearch } from './search.ts'

/** The kind of a generated instance, after the classes of Solomon, and Li and Lim. */
export type InstanceKind = Readonly<{
  places: 'clustered' | 'random' | 'mixed'
  /** `short`: about ten stops per vehicle; `long`: about forty. */
  horizon: 'short' | 'long'
  /** The share of places with a window of their own, from 0 to 1. */
  windows: number
  /** The width of these windows, in units of time. */
  width: number
  customers: number
}>

/**
 * Generates an instance that has a plan: routes for single visits are planned first, then two visits of one route become
 * a pickup and its delivery. The same kind and seed give the same instance.
 */
export function generateInstance(kind: InstanceKind, seed: number): Instance {
  const draw = drawFrom(seed)
  const visits = visitsOf(kind, draw)
  const routes = routesOf(visits, kind, seed)
  return {
    vehicles,
    capacity: capacityOf(kind),
    speed: 1,
    tasks: paired(visits, routes, draw),
  }
}

type Visit = Omit<Task, 'pickup' | 'delivery'>

const vehicles = 25
const capacityOf = ({ horizon }: InstanceKind): number => (horizon === 'short' ? 200 : 1000)

function visitsOf({ places, horizon, windows, width, customers }: InstanceKind, draw: Draw): readonly Visit[] {
  const end = horizon === 'short' ? 240 : 1000
  const depot = { id: 0, x: 40, y: 50, demand: 0, ready: 0, due: end, service: 0 }
  const centers = Array.from({ length: 8 }, () => [10 + draw() * 80, 10 + draw() * 80] as const)
  const coordinate = (center: number | undefined) =>
    Math.round(center === undefined ? draw() * 80 : Math.min(100, Math.max(0, center + (draw() + draw() - 1) * 12)))
  const customersOf = Array.from({ length: customers }, (_, index) => {
    const clustered = places === 'clustered' || (places === 'mixed' && index % 2 === 0)
    const center = clustered ? centers[index % centers.length] : undefined
    const [x, y] = [coordinate(center?.[0]), coordinate(center?.[1])]
    const service = 10
    const away = Math.hypot(x - depot.x, y - depot.y)
    const [first, last] = [Math.ceil(away), Math.floor(end - away - service)]
    const middle = first + draw() * (last - first)
    const hasWindow = draw() < windows
    return {
      id: index + 1,
      x,
      y,
      demand: 1 + Math.floor(draw() * 40),
      ready: hasWindow ? Math.max(first, Math.round(middle - width / 2)) : 0,
      due: hasWindow ? Math.min(last, Math.round(middle + width / 2)) : last,
      service,
    }
  })
  return [depot, ...customersOf]
}

/** Plans routes for the visits as deliveries without a pickup, with few vehicles. */
function routesOf(visits: readonly Visit[], kind: InstanceKind, seed: number): readonly (readonly number[])[] {
  const search = newSearch(visitProblem(visits, kind), seed)
  construct(search)
  const reduction = newReduction(search)
  let rounds = 0
  while (reduceVehicles(reduction, () => ++rounds > 400)) dissolve(reduction)
  const { best } = search
  return Array.from(best.size, (size, vehicle) =>
    Array.from(best.stops.subarray(vehicle * best.stride + 1, vehicle * best.stride + size - 1)),
  ).filter((route) => route.length > 0)
}

/** The visits as deliveries without a pickup; their demands come later. */
function visitProblem(visits: readonly Visit[], kind: InstanceKind): Problem {
  const nodes = visits.length
  const requests = nodes - 1
  return {
    ...identicalVehicles({ visits, depot: 0, requests, vehicles, capacity: capacityOf(kind), speed: 1 }),
    requests,
    volume: new Float64Array(nodes),
    pickup: new Int32Array(requests).fill(-1),
    delivery: Int32Array.from({ length: requests }, (_, request) => request + 1),
    requestOf: Int32Array.from({ length: nodes }, (_, node) => node - 1),
  }
}

/** Pairs the visits of each route at random; the last of an odd number gets a second visit at its place. */
function paired(visits: readonly Visit[], routes: readonly (readonly number[])[], draw: Draw): readonly Task[] {
  const tasks: Task[] = visits.map((visit) => ({ ...visit, demand: 0, pickup: 0, delivery: 0 }))
  for (const route of routes) {
    const open = [...route]
    while (open.length > 0) {
      const from = open.splice(0, 1)[0]!
      const to = open.length > 0 ? open.splice(Math.floor(draw() * open.length), 1)[0]! : tasks.length
      if (to === tasks.length) tasks.push({ ...tasks[from]!, id: to })
      const demand = visits[from]!.demand
      tasks[from] = { ...tasks[from]!, demand, delivery: to }
      tasks[to] = { ...tasks[to]!, demand: -demand, pickup: from, delivery: 0 }
    }
  }
  return tasks
}

/** The instance in the format of Li and Lim. */
export function formatInstance({ vehicles, capacity, tasks }: Instance): string {
  const rows = tasks.map(({ id, x, y, demand, ready, due, service, pickup, delivery }) =>
    [id, x, y, demand, ready, due, service, pickup, delivery].join('\t'),
  )
  return [`${vehicles}\t${capacity}\t1`, ...rows, ''].join('\n')
}
