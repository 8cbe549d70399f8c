import { legsOf, type Problem } from './problem.ts'

/** One row of a Li and Lim instance; the depot is the task 0. */
export type Task = Readonly<{
  id: number
  x: number
  y: number
  demand: number
  ready: number
  due: number
  service: number
  /** The task with the pickup of a delivery, or 0. */
  pickup: number
  /** The task with the delivery of a pickup, or 0. */
  delivery: number
}>

export type Instance = Readonly<{ vehicles: number; capacity: number; speed: number; tasks: readonly Task[] }>

/** The problem of an instance, and the task of each of its nodes. The objective is vehicles first, then distance. */
export function problemOf({ vehicles, capacity, speed, tasks }: Instance): Problem {
  const nodes = tasks.length
  const depot = tasks.findIndex(({ id }) => id === 0)
  const nodeOf = new Map(tasks.map(({ id }, node) => [id, node]))
  const pickups = tasks.flatMap(({ delivery }, node) => (delivery > 0 ? [node] : []))
  const requests = pickups.length
  const requestOf = new Int32Array(nodes).fill(-1)
  const delivery = Int32Array.from(pickups, (node) => nodeOf.get(tasks[node]!.delivery)!)
  pickups.forEach((node, request) => {
    requestOf[node] = request
    requestOf[delivery[request]!] = request
  })
  return {
    ...identicalVehicles({ visits: tasks, depot, requests, vehicles, capacity, speed }),
    requests,
    volume: Float64Array.from(tasks, ({ demand }) => demand),
    pickup: Int32Array.from(pickups),
    delivery,
    requestOf,
  }
}

type Vehicles = Readonly<{
  visits: readonly Omit<Task, 'pickup' | 'delivery'>[]
  /** The index of the visit where every vehicle starts and ends. */
  depot: number
  requests: number
  vehicles: number
  capacity: number
  speed: number
}>

/** The part of a problem that follows from its places and from vehicles that are all the same. */
export function identicalVehicles({ visits, depot, requests, vehicles, capacity, speed }: Vehicles) {
  const nodes = visits.length
  const cost = new Float64Array(nodes * nodes)
  visits.forEach((from, row) =>
    visits.forEach((to, column) => (cost[row * nodes + column] = Math.hypot(from.x - to.x, from.y - to.y))),
  )
  const travel = speed === 1 ? cost : cost.map((distance) => distance / speed)
  const legs = legsOf(cost, travel, nodes)
  const capacities = new Float64Array(vehicles).fill(capacity)
  return {
    nodes,
    vehicles,
    legs: Array.from({ length: vehicles }, () => legs),
    earliest: Float64Array.from(visits, ({ ready }) => ready),
    latest: Float64Array.from(visits, ({ due }) => due),
    service: Float64Array.from(visits, ({ service }) => service),
    weight: new Float64Array(nodes),
    start: new Int32Array(vehicles).fill(depot),
    end: new Int32Array(vehicles).fill(depot),
    maxVolume: capacities,
    maxWeight: capacities,
    startVolume: new Float64Array(vehicles),
    startWeight: new Float64Array(vehicles),
    allowed: new Uint8Array(requests * vehicles).fill(1),
    penalty: new Float64Array(requests).fill(1e6),
    identical: true,
  } satisfies Partial<Problem>
}
