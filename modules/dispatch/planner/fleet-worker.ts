import { parentPort } from 'node:worker_threads'
import type { FleetProblem } from './fleet-problem.ts'
import type { Budget } from './island.ts'
import { planRoutes } from './plan-fleet.ts'

/** Plans fleets in a thread, one after the other. */
export type FleetJob = Readonly<{ fleet: FleetProblem; budget: Budget; seed: number }>

parentPort?.on('message', ({ fleet, budget, seed }: FleetJob) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(planRoutes(fleet, budget, seed))
})
