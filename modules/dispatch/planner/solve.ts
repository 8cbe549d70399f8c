import { rounds } from './exchange.ts'
import { openIsland, type Budget, type Solution } from './island.ts'
import type { Problem } from './problem.ts'

export type SolveInput = Readonly<{ problem: Problem; budget: Budget; seed: number; islands: number }>

/** Searches in this thread, one island after the other. The solution is that of `solveInWorkers` with the same budget. */
export function solve({ problem, budget, seed, islands: count }: SolveInput): Solution {
  const islands = Array.from({ length: count }, (_, island) =>
    openIsland({ problem, budget, seed: islandSeed(seed, island), overdue: () => 0 }),
  )
  const search = rounds(problem, count)
  let step = search.next()
  while (!step.done) {
    const round = step.value
    step = search.next(islands.map((island, index) => island.run(round[index]!)))
  }
  return step.value
}

/** Neighbouring seeds must not share an island. */
export const islandSeed = (seed: number, island: number): number =>
  Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(island + 1, 0x85ebca6b)
