import fc from 'fast-check'
import type { Operation } from '../api-document.ts'
import type { Caller } from './judge.ts'
import { attemptsOf } from './request.ts'
import type { Callers, Plan } from './tally.ts'
import { tryOnce } from './try-once.ts'

const turns = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What reads comes first, what deletes or signs out last: there must be something left to ask about. */
const turnOf = (operation: Operation) => (endsSessions(operation) ? turns.length : turns.indexOf(operation.method))

/** Walks every operation with every caller. */
export async function fuzz(operations: readonly Operation[], plan: Plan, callers: Callers): Promise<void> {
  const inTurn = operations.toSorted((a, b) => turnOf(a) - turnOf(b))
  for (const [index, operation] of inTurn.entries()) {
    for (const caller of ['staff', 'customer', 'guest', 'impostor'] as const) {
      const numRuns = runsFor(operation, caller, plan.runs)
      const attempts = fc.sample(attemptsOf(operation, plan.known.real), { seed: plan.seed + index, numRuns })
      const together = endsSessions(operation) ? 1 : 3
      for (let at = 0; at < attempts.length; at += together) {
        const visit = { operation, caller, as: await callers[caller](), plan }
        await Promise.all(attempts.slice(at, at + together).map((attempt) => tryOnce(attempt, visit)))
      }
    }
  }
}

/** Signing out beside another request would turn that one away. */
const endsSessions = ({ path }: Operation) => /\/auth\/(log|session|password|refresh)/.test(path)

/** A door that is closed needs few knocks. */
const runsFor = ({ admits }: Operation, caller: Caller, runs: number) =>
  admits === 'anyone' || admits === caller ? runs : Math.max(2, Math.round(runs / 6))
