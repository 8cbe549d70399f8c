import { AsyncResource } from 'node:async_hooks'
import type { Kysely, Transaction } from 'kysely'
import { isRefusal } from '#platform/outcome'
import { callQueue } from './call-queue.ts'
import { concurrently } from './concurrently.ts'
import { isAnswer } from './connection.ts'
import { CommitRefused } from './dialect.ts'
import { finalStep, withFinalStep, type FinalStep } from './final-step.ts'
import { runFinalStep, transaction } from './transaction.ts'

type Work<Tables, Result> = (tx: Transaction<Tables>) => Promise<Result>

type Call<Tables> = Readonly<{
  keys: readonly string[]
  work: Work<Tables, unknown>
  /** The pending step of the caller's request. */
  step: FinalStep | undefined
  /** Runs the work in a transaction of its own. */
  runAlone: () => Promise<unknown>
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
}>

/** `transaction` for work that callers share. Two callers with a common key never share a transaction. */
export type ShareTransaction<Tables> = <Result>(keys: readonly string[], work: Work<Tables, Result>) => Promise<Result>

/**
 * Returns `transaction` for the work of one slice. Concurrent callers share a transaction: they commit once, and their
 * `batched` statements are one statement. When one of them fails or is refused, the transaction is rolled back, and each
 * runs again in a transaction of its own: no caller gets the refusal of another.
 *
 * So `work` has no effect outside its transaction. It locks rows only by `batched` statements that sort them, because the
 * transactions of many callers would deadlock otherwise. It decides on nothing that another caller changes in the same
 * transaction: `keys` name what it decides on.
 */
export function sharedTransactions<Tables>(db: Kysely<Tables>): ShareTransaction<Tables> {
  const enqueue = callQueue<Call<Tables>>({
    // The transaction belongs to all callers: it runs the step of each, and not that of the request that started it.
    run: (calls) => withFinalStep(undefined, () => (calls.length > 1 ? runTogether(db, calls) : runSeparately(calls))),
    keysOf: ({ keys }) => keys,
  })
  return (keys, work) =>
    new Promise((resolve, reject) => {
      enqueue({
        keys,
        work: AsyncResource.bind(work), // in the trace of its own request
        step: finalStep(),
        runAlone: AsyncResource.bind(() => transaction(db, work)),
        resolve: resolve as (result: unknown) => void,
        reject,
      })
    })
}

async function runTogether<Tables>(db: Kysely<Tables>, calls: readonly Call<Tables>[]): Promise<void> {
  let results: readonly unknown[] | undefined
  try {
    await transaction(db, async (tx) => {
      results = undefined
      results = await resultsOf(tx, calls)
    })
  } catch (error) {
    // Without an answer to the commit it may have been done: the work must not run again.
    const isUnknown = results !== undefined && !isAnswer(error) && !(error instanceof CommitRefused)
    if (isUnknown) for (const { reject } of calls) reject(error)
    else await runSeparately(calls)
    return
  }
  for (const [i, { resolve }] of calls.entries()) resolve(results?.[i])
}

/** Runs all calls in one transaction. Throws when one of them is refused. */
async function resultsOf<Tables>(tx: Transaction<Tables>, calls: readonly Call<Tables>[]): Promise<readonly unknown[]> {
  const results: unknown[] = []
  const pieces = calls.map(({ work }, i) => async (tx: Transaction<Tables>) => {
    results[i] = await work(tx)
    if (isRefusal(results[i])) throw new Error('A caller of the shared transaction was refused')
  })
  await concurrently(tx, pieces)
  for (const { step } of calls) await runFinalStep(tx, step)
  return results
}

const runSeparately = async <Tables>(calls: readonly Call<Tables>[]): Promise<void> => {
  await Promise.all(calls.map(({ runAlone, resolve, reject }) => runAlone().then(resolve, reject)))
}
