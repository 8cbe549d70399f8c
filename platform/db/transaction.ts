import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { isOutdatedPlan } from './statement-name.ts'

/** Any module's database or transaction: what `tell` and other platform writers accept. */
// oxlint-disable-next-line no-explicit-any -- a platform part writes its own tables next to those of any module
export type AnyTx = Transaction<any>

const attempts = 4
const serializationFailure = '40001'
const deadlock = '40P01'
const afterCommits = new WeakMap<AnyTx, Set<() => void>>()

/**
 * The unit of work: all of `work` is committed, or none of it. A serialization failure or deadlock runs the whole of it
 * again, up to four times, so `work` has no effect outside its transaction. Whatever it throws rolls back and is thrown on.
 */
export async function transaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const callbacks = new Set<() => void>()
    try {
      const result = await db.transaction().execute(async (tx) => {
        afterCommits.set(tx, callbacks)
        return await work(tx)
      })
      callbacks.forEach(callSafely)
      return result
    } catch (error) {
      if (attempt === attempts || !isWorthAnotherTry(error)) throw error
      await sleep(Math.random() * 10 * attempt)
    }
  }
}

const isWorthAnotherTry = (error: unknown) =>
  sqlStateOf(error) === serializationFailure || sqlStateOf(error) === deadlock || isOutdatedPlan(error)

/** What is committed is committed: a callback that throws is a warning and not a failed write. */
function callSafely(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

/** Runs `callback` once `tx` has committed, never when it rolled back. The same callback is kept once. */
export function afterCommit(tx: AnyTx, callback: () => void): void {
  const callbacks = afterCommits.get(tx)
  if (!callbacks) throw new Error('Not inside transaction(): a write that tells needs the unit of work')
  callbacks.add(callback)
}

/** Makes `other`, which writes in the same transaction, know its commit. */
export function shareCommit(tx: AnyTx, other: AnyTx): void {
  const callbacks = afterCommits.get(tx)
  if (callbacks) afterCommits.set(other, callbacks)
}

/** The SQLSTATE of a PostgreSQL error, such as 23505 for a broken unique constraint. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** The name of the constraint a PostgreSQL error speaks of. */
export const constraintOf = (error: unknown): string | undefined =>
  (error as { constraint?: string } | null)?.constraint
