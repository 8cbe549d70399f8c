import { annealingStart, type Round, type Solution } from './island.ts'
import type { Problem } from './problem.ts'

/** True when the first solution is the better one: fewer vehicles where all are the same, then the lower cost. */
function isBetter(one: Solution, other: Solution, { identical }: Problem): boolean {
  if (identical && one.unserved === other.unserved && one.vehicles !== other.vehicles)
    return one.vehicles < other.vehicles
  return one.cost < other.cost
}

const reductions = [0.02, 0.05, 0.1, 0.15, 0.2, annealingStart]
const annealings = [0.6, 0.85, 1]

/**
 * The rounds of a search on `count` islands, and the best solution at the end. Each round yields the work of every island and
 * receives their solutions; an island with more vehicles than another one continues from that one's solution.
 */
export function* rounds(problem: Problem, count: number): Generator<readonly Round[], Solution, readonly Solution[]> {
  let froms: (Solution | undefined)[] = Array.from({ length: count })
  let best: Solution | undefined
  const schedule = [
    ...(problem.identical ? reductions.map((until) => ({ kind: 'reduce', until }) as const) : []),
    ...annealings.map((until) => ({ kind: 'anneal', until }) as const),
  ]
  for (const [index, { kind, until }] of schedule.entries()) {
    const solutions: readonly Solution[] = yield froms.map((from) => ({ kind, until, from }))
    for (const solution of solutions) if (!best || isBetter(solution, best, problem)) best = solution
    const chosen = best
    const isLast = index >= schedule.length - 2
    froms = solutions.map((solution) =>
      chosen && (isLast || solution.vehicles > chosen.vehicles) && isBetter(chosen, solution, problem)
        ? chosen
        : undefined,
    )
  }
  return best!
}
