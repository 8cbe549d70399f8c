import type { Planner } from './open-planner.ts'
import { planRoutes } from './plan-fleet.ts'
import type { Budget } from './island.ts'

const small: Budget = { unit: 'places', count: 2e5 }

/** A planner without a thread and without a clock, for simulations: the same problem and seed give the same plan on every machine. */
export const steadyPlanner = (): Planner => ({
  plan: async ({ fleet, seed, budget = small }) => ({ plan: planRoutes(fleet, budget, seed), finished: true }),
  close: async () => {},
})
