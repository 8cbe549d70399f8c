import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FleetProblem } from './fleet-problem.ts'
import type { FleetJob } from './fleet-worker.ts'
import type { Budget } from './island.ts'
import { carryOver, type FleetPlan } from './plan-fleet.ts'

type PlanRequest = Readonly<{
  fleet: FleetProblem
  seed: number
  /** The work; 200 milliseconds of one core without it. */
  budget?: Budget
  /** The answer when the thread is not ready in time: this plan, carried over to the problem. */
  current: FleetPlan
  /** Milliseconds; 2,000 without it. */
  limit?: number
  signal?: AbortSignal
}>

/** `finished: false`: the time was over or the thread died, and the plan is the carried over one. */
type PlannedFleet = Readonly<{ plan: FleetPlan; finished: boolean }>

/** A thread that plans, one problem after the other. */
export type Planner = Readonly<{
  /** Rejects only when `signal` aborts it. */
  plan: (request: PlanRequest) => Promise<PlannedFleet>
  close: () => Promise<void>
}>

const usual: Budget = { unit: 'places', count: 2e6 }

/** Opens a planner. Its thread starts with the first problem, and again after one that was aborted. */
export function openPlanner(): Planner {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  const end = async () => {
    const ended = worker
    worker = undefined
    await ended?.terminate()
  }
  const run = async ({ fleet, seed, budget = usual, current, limit = 2000, signal }: PlanRequest) => {
    signal?.throwIfAborted()
    worker ??= new Worker(new URL('fleet-worker.ts', import.meta.url))
    worker.unref()
    const timeout = AbortSignal.timeout(limit)
    const stop = signal ? AbortSignal.any([signal, timeout]) : timeout
    try {
      const answer = once(worker, 'message', { signal: stop }) as Promise<[FleetPlan]>
      const job: FleetJob = { fleet, budget, seed }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(job)
      return { plan: (await answer)[0], finished: true }
    } catch {
      await end()
      signal?.throwIfAborted()
      return { plan: carryOver(fleet, current), finished: false }
    }
  }
  return {
    plan: async (request) => {
      const result = last.then(() => run(request))
      last = result.catch(() => undefined)
      return await result
    },
    close: end,
  }
}
