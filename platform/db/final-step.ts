import { AsyncLocalStorage } from 'node:async_hooks'
import type { AnyTx } from './any-tx.ts'

/** A write that belongs to the first transaction that its request commits: it is the last statement before the commit. */
export type FinalStep = { readonly run: (tx: AnyTx) => Promise<void>; isDone: boolean }

const steps = new AsyncLocalStorage<FinalStep | undefined>()

/** Runs `work`; the first transaction that it commits runs `step` last. `step.isDone` says afterwards whether one did. */
export const withFinalStep = <Result>(step: FinalStep | undefined, work: () => Result): Result => steps.run(step, work)

/** The step that is pending in the current request; undefined when there is none, or a transaction has committed it. */
export function finalStep(): FinalStep | undefined {
  const step = steps.getStore()
  return step?.isDone ? undefined : step
}
