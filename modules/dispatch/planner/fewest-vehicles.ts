import type { Problem } from './problem.ts'

/**
 * A number of vehicles below which no plan serves everything: each visit takes its service and at least the shortest way to it, and
 * the vehicles, which are all the same, have only so much time.
 */
export function fewestVehicles(problem: Problem): number {
  const { nodes, requestOf, earliest, latest, service, start, end } = problem
  const { travelInto } = problem.legs[0]!
  let busy = 0
  for (let node = 0; node < nodes; node++) {
    if (requestOf[node] === -1) continue
    let shortest = Infinity
    for (let from = 0; from < nodes; from++)
      if (from !== node) shortest = Math.min(shortest, travelInto[node * nodes + from]!)
    busy += shortest + service[node]!
  }
  const time = latest[end[0]!]! - earliest[start[0]!]!
  return time > 0 ? Math.max(1, Math.ceil(busy / time)) : 1
}
