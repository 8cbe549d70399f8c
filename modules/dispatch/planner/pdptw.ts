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
  const cost = new Float64Array(nodes * nodes)
  tasks.forEach((from, row) =>
    tasks.forEach((to, column) => (cost[row * nodes + column] = Math.hypot(from.x - to.x, from.y - to.y))),
  )
  const travel = speed === 1 ? cost : cost.map((distance) => distance / speed)
  const legs = legsOf(cost, travel, nodes)
  const column = (valueOf: (task: Task) => number) => Float64Array.from(tasks, valueOf)
  const capacities = new Float64Array(vehicles).fill(capacity)
  return {
    nodes,
    requests,
    vehicles,
    legs: Array.from({ length: vehicles }, () => legs),
    earliest: column(({ ready }) => ready),
    latest: column(({ due }) => due),
    service: column(({ service }) => service),
    volume: column(({ demand }) => demand),
    weight: new Float64Array(nodes),
    pickup: Int32Array.from(pickups),
    delivery,
    requestOf,
    start: new Int32Array(vehicles).fill(depot),
    end: new Int32Array(vehicles).fill(depot),
    maxVolume: capacities,
    maxWeight: capacities,
    startVolume: new Float64Array(vehicles),
    startWeight: new Float64Array(vehicles),
    allowed: new Uint8Array(requests * vehicles).fill(1),
    penalty: new Float64Array(requests).fill(1e6),
    identical: true,
  }
}
