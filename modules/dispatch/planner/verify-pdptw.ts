import type { Instance, Task } from './pdptw.ts'

/** Rounding of sums of square roots. */
const tolerance = 1e-6

/**
 * Checks a plan against its instance, step by step and without any code of the planner: every task once, pickup before
 * delivery in one route, windows, capacity and the number of vehicles. Returns the violations, and the distance of the plan.
 */
export function verifyPlan(
  instance: Instance,
  routes: readonly (readonly number[])[],
): Readonly<{ violations: readonly string[]; distance: number }> {
  const tasks = new Map(instance.tasks.map((task) => [task.id, task]))
  const violations: string[] = []
  const visits = routes.flat()
  if (routes.length > instance.vehicles) violations.push(`${routes.length} routes for ${instance.vehicles} vehicles`)
  for (const id of new Set(visits)) if (id === 0 || !tasks.has(id)) violations.push(`there is no task ${id}`)
  for (const { id } of instance.tasks) {
    const count = visits.filter((visit) => visit === id).length
    if (id !== 0 && count !== 1) violations.push(`task ${id} is visited ${count} times`)
  }
  let distance = 0
  routes.forEach((route, index) => {
    const driven = drive(instance, tasks, route)
    distance += driven.distance
    violations.push(...driven.violations.map((violation) => `route ${index + 1}: ${violation}`))
  })
  return { violations, distance }
}

function drive({ capacity, speed }: Instance, tasks: ReadonlyMap<number, Task>, route: readonly number[]) {
  const violations: string[] = []
  const depot = tasks.get(0)!
  const visited = new Set<number>()
  let at = depot
  let [time, load, distance] = [depot.ready + depot.service, 0, 0]
  for (const id of [...route, 0]) {
    const task = tasks.get(id)
    if (!task) continue
    const leg = Math.sqrt((task.x - at.x) ** 2 + (task.y - at.y) ** 2)
    distance += leg
    time = Math.max(time + leg / speed, task.ready)
    if (time > task.due + tolerance) violations.push(`task ${id} is reached at ${time.toFixed(2)}, after ${task.due}`)
    time += task.service
    load += task.demand
    if (load > capacity + tolerance) violations.push(`the load after task ${id} is ${load} of ${capacity}`)
    if (task.pickup !== 0 && !visited.has(task.pickup))
      violations.push(`task ${id} comes before its pickup ${task.pickup}`)
    visited.add(id)
    at = task
  }
  for (const id of route) {
    const delivery = tasks.get(id)?.delivery ?? 0
    if (delivery !== 0 && !visited.has(delivery)) violations.push(`the delivery ${delivery} of task ${id} is missing`)
  }
  return { violations, distance }
}
