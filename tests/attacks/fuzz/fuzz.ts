import fc from 'fast-check'
import type { Operation } from '../api-document.ts'
import { attemptsOf } from './attempts.ts'
import type { Caller } from './faults.ts'
import { sendAttempt } from './send-attempt.ts'
import type { Callers, Plan } from './tally.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Reads come first; deletions and sign-outs come last, so that the other requests have things to act on. */
const rankOf = (operation: Operation) => (endsSessions(operation) ? methods.length : methods.indexOf(operation.method))

/** Sends random requests to every operation as every caller. */
export async function fuzz(operations: readonly Operation[], plan: Plan, callers: Callers): Promise<void> {
  const ranked = operations.toSorted((a, b) => rankOf(a) - rankOf(b))
  for (const [index, operation] of ranked.entries()) {
    for (const caller of ['staff', 'customer', 'guest', 'impostor'] as const) {
      const numRuns = runsFor(operation, caller, plan.runs)
      const attempts = fc.sample(attemptsOf(operation, plan.known.valuesOf), { seed: plan.seed + index, numRuns })
      const atOnce = endsSessions(operation) ? 1 : 3
      for (let start = 0; start < attempts.length; start += atOnce) {
        const target = { operation, caller, as: await callers[caller](), plan }
        await Promise.all(attempts.slice(start, start + atOnce).map((attempt) => sendAttempt(attempt, target)))
      }
    }
  }
}

/** A sign-out during another request would make that request fail. */
const endsSessions = ({ path }: Operation) => /\/auth\/(log|session|password|refresh)/.test(path)

/** An operation that refuses the caller anyway gets fewer requests. */
const runsFor = ({ admits }: Operation, caller: Caller, runs: number) =>
  admits === 'anyone' || admits === 'signed-in' || admits === caller ? runs : Math.max(2, Math.round(runs / 6))
