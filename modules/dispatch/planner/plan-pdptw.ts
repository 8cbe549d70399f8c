import type { Budget } from './island.ts'
import { problemOf, type Instance } from './pdptw.ts'
import { solveInWorkers } from './solve-in-workers.ts'

export type PdptwPlan = Readonly<{
  vehicles: number
  /** The length of all routes, rounded to two decimals as in the published tables. */
  distance: number
  /** The ids of the tasks in the order of visit, without the depot. */
  routes: readonly (readonly number[])[]
}>

export type PdptwPlanning = Readonly<{
  instance: Instance
  seed: number
  /** Steps of each of the two searches; without it `seconds` chooses the work. */
  iterations?: number | undefined
  seconds: number
  /** The moment from which they count, in milliseconds since the epoch; now without it. */
  begun?: number | undefined
  signal?: AbortSignal | undefined
}>

/**
 * Work of one search per second of `seconds`: three quarters of what one core of the machine of docs/benchmarks.md does, so that
 * the budget and not the clock ends the search there.
 */
const placesPerSecond = 40e6

/** Plans with few vehicles first and a short distance second. Refuses when some tasks find no vehicle. */
export async function planPdptw(
  planning: PdptwPlanning,
): Promise<
  | Readonly<{ kind: 'planned'; plan: PdptwPlan }>
  | Readonly<{ kind: 'refused'; reason: 'unserved'; unserved: readonly number[] }>
> {
  const { instance, seed, seconds, iterations, begun, signal } = planning
  const problem = problemOf(instance)
  const budget: Budget =
    iterations === undefined
      ? { unit: 'places', count: seconds * placesPerSecond }
      : { unit: 'steps', count: iterations }
  const { routes } = await solveInWorkers({ problem, budget, seed, seconds, begun, islands: 2, signal })
  const visited = new Set(routes.flat())
  const unserved = instance.tasks.flatMap(({ id, delivery }, node) =>
    delivery !== 0 && !visited.has(node) ? [id] : [],
  )
  if (unserved.length > 0) return { kind: 'refused', reason: 'unserved', unserved }
  return {
    kind: 'planned',
    plan: planOf(
      instance,
      routes.filter((route) => route.length > 0),
    ),
  }
}

function planOf({ tasks }: Instance, routes: readonly (readonly number[])[]): PdptwPlan {
  const depot = tasks.find(({ id }) => id === 0)!
  const distance = routes
    .map((route) => [depot, ...route.map((node) => tasks[node]!), depot])
    .flatMap((stops) => stops.slice(1).map((to, index) => Math.hypot(to.x - stops[index]!.x, to.y - stops[index]!.y)))
    .reduce((sum, leg) => sum + leg, 0)
  return {
    vehicles: routes.length,
    distance: Math.round(distance * 100) / 100,
    routes: routes.map((route) => route.map((node) => tasks[node]!.id)),
  }
}
