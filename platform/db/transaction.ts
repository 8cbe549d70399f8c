import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { isRefusal, type Refused } from '#platform/outcome'
import type { AnyTx } from './any-tx.ts'
import { finalStep, type FinalStep } from './final-step.ts'
import { isOutdatedPlan } from './statement-name.ts'

export type { AnyTx } from './any-tx.ts'

const attempts = 4
const serializationFailure = '40001'
const deadlock = '40P01'
const afterCommits = new WeakMap<AnyTx, Set<() => void>>()

type Settings<Reason extends string> = Readonly<{
  /** The refusal that a violated constraint stands for: `{ product_slug: 'slug-taken' }`. */
  conflicts?: Readonly<Record<string, Reason>>
}>

/**
 * The unit of work: commits all of `work`, or nothing. A refusal or a not-found that `work` returns rolls the transaction
 * back and is returned; so is the refusal that `conflicts` names for a violated constraint. Any other error rolls back and
 * is thrown. A serialization failure or a deadlock runs `work` again, up to four times in total, so `work` has no effect
 * outside its transaction.
 *
 * When `db` is a transaction that `transaction` opened, `work` joins it: both commit together, or neither. The outer work
 * returns the refusal of the inner one, which rolls back both; it throws when the outer work ignores it.
 */
export function transaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result>
export function transaction<Tables, Result, const Reason extends string>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
  settings: Settings<Reason>,
): Promise<Result | Refused<Reason>>
export async function transaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
  { conflicts }: Settings<string> = {},
): Promise<Result | Refused> {
  try {
    if (db.isTransaction) return await joined(db as Transaction<Tables>, work)
    return await withRetry(() => attemptOf(db, work))
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome as Result
    const reason = isConstraintViolation(error) ? conflicts?.[constraintOf(error) ?? ''] : undefined
    if (reason !== undefined) return { kind: 'refused', reason }
    throw error
  }
}

/** Transactions in which a work that had joined them was refused: what it wrote must not be committed. */
const refusedIn = new WeakSet<AnyTx>()

async function joined<Tables, Result>(
  tx: Transaction<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const outcome = await work(tx)
  if (isRefusal(outcome)) refusedIn.add(tx)
  return outcome
}

/** Runs `work` again after a serialization failure or a deadlock, up to four times in total. `work` is one transaction. */
export async function withRetry<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error
      await sleep(Math.random() * 10 * attempt)
    }
  }
}

/** Carries a refusal out of the transaction: Kysely rolls a transaction back when its work throws. */
class RolledBack extends Error {
  readonly outcome: unknown
  constructor(outcome: unknown) {
    super('The transaction was rolled back because its work was refused')
    this.outcome = outcome
  }
}

async function attemptOf<Tables, Result>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const callbacks = new Set<() => void>()
  const result = await db.transaction().execute(async (tx) => {
    afterCommits.set(tx, callbacks)
    const outcome = await work(tx)
    if (isRefusal(outcome)) throw new RolledBack(outcome)
    if (refusedIn.has(tx)) throw new Error('A work in this transaction was refused: return its refusal')
    await runFinalStep(tx, finalStep())
    return outcome
  })
  callbacks.forEach(callSafely)
  return result
}

const isTransient = (error: unknown) =>
  sqlStateOf(error) === serializationFailure || sqlStateOf(error) === deadlock || isOutdatedPlan(error)

/** Class 23: unique, foreign key, check, not null, exclusion. */
const isConstraintViolation = (error: unknown) => sqlStateOf(error)?.startsWith('23') ?? false

/** The transaction has committed, so an error in a callback becomes a warning and not a failed write. */
function callSafely(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

/** Runs `callback` after `tx` has committed, never after a rollback. Adding the same callback again has no effect. */
export function afterCommit(tx: AnyTx, callback: () => void): void {
  const callbacks = afterCommits.get(tx)
  if (!callbacks)
    throw new Error('afterCommit() needs a transaction that transaction() opened: call it inside the unit of work')
  callbacks.add(callback)
}

/** Runs the pending step of a request. It is done when `tx` has committed; a rollback leaves it to the next transaction. */
export async function runFinalStep(tx: AnyTx, step: FinalStep | undefined): Promise<void> {
  if (!step) return
  await step.run(tx)
  afterCommit(tx, () => (step.isDone = true))
}

/** Lets `other`, a second handle on the same transaction, share the callbacks of `tx`. */
export function shareCommit(tx: AnyTx, other: AnyTx): void {
  const callbacks = afterCommits.get(tx)
  if (callbacks) afterCommits.set(other, callbacks)
}

/** The SQLSTATE of a PostgreSQL error, such as 23505 for a violated unique constraint. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** The name of the constraint in a PostgreSQL error. */
const constraintOf = (error: unknown): string | undefined => (error as { constraint?: string } | null)?.constraint
