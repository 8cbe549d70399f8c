import { newFinder } from './insertion.ts'
import { copyPlan, copyTouched, emptyPlan, routesCost, type Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import { drawFrom } from './random.ts'
import { insertByRegret, insertGreedily, newRecreate, type Parts } from './recreate.ts'
import { closeRoutes, listAbsent, newRuin, takeRandom, takeRelated, takeRoute, takeStrings } from './ruin.ts'

/** A search in progress: the plan that it changes (`plan`), the one from which it continues, and the best one. */
export type Search = Parts & {
  readonly current: Plan
  readonly best: Plan
  currentCost: number
  bestCost: number
  /** Steps of ruin and recreate so far. */
  steps: number
}

export function newSearch(problem: Problem, seed: number): Search {
  const draw = drawFrom(seed)
  return {
    finder: newFinder(problem, draw),
    ruin: newRuin(problem, draw),
    recreate: newRecreate(problem),
    plan: emptyPlan(problem),
    current: emptyPlan(problem),
    best: emptyPlan(problem),
    currentCost: Infinity,
    bestCost: Infinity,
    steps: 0,
  }
}

/** The cost of the plan: its routes, and the penalties of the requests without a vehicle. */
function costOf({ finder: { problem } }: Search, plan: Plan): number {
  let cost = routesCost(plan)
  for (let request = 0; request < problem.requests; request++)
    if (plan.vehicleOf[request] === -1) cost += problem.penalty[request]!
  return cost
}

/** Continues from this plan, and takes it as the best one. */
export function startFrom(search: Search, plan: Plan): void {
  if (plan !== search.plan) copyPlan(plan, search.plan)
  copyPlan(search.plan, search.current)
  copyPlan(search.plan, search.best)
  search.currentCost = costOf(search, search.plan)
  search.bestCost = search.currentCost
  search.finder.fleet = search.finder.problem.identical
    ? Math.max(1, fleetOf(search.plan))
    : search.finder.problem.vehicles
}

/** One more than the last vehicle in use. */
function fleetOf(plan: Plan): number {
  let fleet = plan.size.length
  while (fleet > 0 && plan.size[fleet - 1] === 2) fleet--
  return fleet
}

/** Inserts every request by regret into an empty plan. */
export function construct(search: Search): void {
  listAbsent(search.ruin, search.plan)
  insertByRegret(search, 2, 0)
  startFrom(search, search.plan)
}

/** Removes some requests from the plan and puts them back. */
export function ruinAndRecreate(search: Search, average: number): void {
  const { finder, ruin, plan } = search
  const { draw, problem } = finder
  const kind = draw()
  search.steps++
  const count = 1 + ((draw() * Math.min(2 * average, problem.requests * 0.6)) | 0)
  if (kind < 0.6) takeStrings(ruin, plan, average)
  else if (kind < 0.8) takeRelated(ruin, plan, count)
  else if (kind < 0.97 || finder.fleet < 5) takeRandom(ruin, plan, count)
  else takeRoute(ruin, plan, (draw() * finder.fleet) | 0)
  closeRoutes(ruin, plan)
  finder.blink = 0.01
  if (draw() < 0.8) insertGreedily(search)
  else insertByRegret(search, draw() < 0.5 ? 2 : 3, draw() < 0.5 ? 0 : 0.05 * meanLeg(search))
  finder.blink = 0
}

const meanLeg = ({ current, finder: { problem } }: Search) => routesCost(current) / (2 * problem.requests)

export type Schedule = Readonly<{
  /** It grows from 0 at the start of the annealing to 1 at its end. */
  progress: () => number
  /** Stop at this progress; the next call continues the schedule. */
  end: number
  /** Temperatures, in units of cost. */
  hot: number
  cold: number
}>

/** Simulated annealing over ruin and recreate. */
export function anneal(search: Search, { progress, end, hot, cold }: Schedule): void {
  const { finder, ruin, plan, current, best } = search
  const { draw } = finder
  let temperature = hot
  for (let iteration = 0; ; iteration++) {
    if (iteration % 16 === 0) {
      const done = progress()
      if (done >= end) return
      temperature = hot * (cold / hot) ** done
    }
    listAbsent(ruin, plan)
    ruinAndRecreate(search, 10)
    const cost = costOf(search, plan)
    if (cost < search.currentCost - temperature * Math.log(draw())) {
      search.currentCost = cost
      copyTouched(plan, current)
      if (cost < search.bestCost - 1e-9) {
        search.bestCost = cost
        copyPlan(plan, best)
      }
    } else copyTouched(current, plan)
  }
}
