import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { CheckoutOutcome, CheckoutPlan } from './checkout-plan.ts'
import type { Outcome, Plan } from './plan.ts'

/** Sends a load to a server on this machine from another process. Throws when a request fails. */
export async function runLoad(plan: Plan): Promise<Outcome> {
  const outcome = await runInProcess<Outcome>('load.ts', plan)
  if (outcome.failed > 0)
    throw new Error(`${outcome.failed} of ${outcome.answered} requests failed: ${outcome.firstFailure}`)
  return outcome
}

/** Runs buyers in another process. Throws when a request of theirs fails. */
export const runCheckouts = (plan: CheckoutPlan): Promise<CheckoutOutcome> => runInProcess('checkouts.ts', plan)

async function runInProcess<Result>(file: string, plan: object): Promise<Result> {
  const child = fork(join(import.meta.dirname, file), { execArgv: [] })
  child.send(plan)
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} before it sent a result`)
  })
  const [result] = (await Promise.race([once(child, 'message'), failed])) as [Result]
  return result
}
