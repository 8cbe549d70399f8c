import { routesOf, setRoutes, usedVehicles } from './plan.ts'
import type { Problem } from './problem.ts'
import { dissolve, newReduction, reduceVehicles, type Reduction } from './reduce-vehicles.ts'
import { anneal, construct, newSearch, startFrom, type Search } from './search.ts'

/** A plan as plain values: the nodes that each vehicle visits, without its start and end. */
export type Solution = Readonly<{
  routes: readonly (readonly number[])[]
  vehicles: number
  /** Requests without a vehicle. */
  unserved: number
  /** The cost of the routes and the penalties of unserved requests. */
  cost: number
}>

/** One part of a search, after which the islands exchange their solutions. */
export type Round = Readonly<{
  kind: 'reduce' | 'anneal'
  /** The share of the budget that is spent when the round ends, and when the annealing began and ends. */
  until: number
  /** Continue from this solution instead of the own one. */
  from?: Solution | undefined
}>

/** The limit of a search: steps of ruin and recreate, or examined places. Neither depends on the machine. */
export type Budget = Readonly<{ unit: 'steps' | 'places'; count: number }>

/** The share of the wall time that is over, from 0; a search that falls behind it is shortened. */
type Overdue = () => number

/** An independent search. Islands with different seeds exchange their solutions between rounds. */
export type Island = Readonly<{ run: (round: Round) => Solution }>

export type IslandNeeds = Readonly<{ problem: Problem; budget: Budget; seed: number; overdue: Overdue }>

/** The share of the budget after which the number of vehicles is settled. */
export const annealingStart = 0.25

export function openIsland({ problem, budget, seed, overdue }: IslandNeeds): Island {
  const search = newSearch(problem, seed)
  let reduction: Reduction | undefined
  let annealingBegan: number | undefined
  const spent = () => (budget.unit === 'steps' ? search.steps : search.finder.work) / budget.count
  const progress = () => Math.max(spent(), overdue())
  construct(search)
  return {
    run({ kind, until, from }) {
      if (from) {
        setRoutes(problem, search.plan, from.routes)
        startFrom(search, search.plan)
        if (reduction) dissolve(reduction)
      }
      if (kind === 'reduce') {
        reduction ??= newReduction(search)
        while (reduceVehicles(reduction, () => progress() >= until)) dissolve(reduction)
      } else {
        if (!from) startFrom(search, search.best)
        const scale = meanLegOf(search)
        const began = (annealingBegan ??= Math.min(progress(), annealingStart))
        const share = () => (progress() - began) / (1 - began)
        const end = (until - began) / (1 - began)
        anneal(search, { progress: share, end, hot: 10 * scale, cold: 0.01 * scale })
      }
      return solutionOf(search)
    },
  }
}

const meanLegOf = ({ best, bestCost, finder: { problem } }: Search) =>
  bestCost / (2 * problem.requests + best.size.length)

function solutionOf({ best, bestCost }: Search): Solution {
  const unserved = best.vehicleOf.reduce((count, vehicle) => count + (vehicle === -1 ? 1 : 0), 0)
  return { routes: routesOf(best), vehicles: usedVehicles(best), unserved, cost: bestCost }
}
