import { Transaction, type DatabaseConnection } from 'kysely'
import { Pool } from 'pg'
import { PosadDialect } from './dialect.ts'
import { shareCommit, sqlStateOf, type AnyTx } from './transaction.ts'

/** Kysely requires a dialect although the connection is given. This pool never connects. */
const dialect = new PosadDialect(new Pool())
const driver = dialect.createDriver()

/** The transactions without Kysely's queue: pieces of pieces share their `batched` statements. */
const unqueued = new WeakSet<AnyTx>()

/** `in_failed_sql_transaction`: PostgreSQL's answer to every statement after the one that failed. */
const transactionAborted = '25P02'

/**
 * Runs several pieces of work over one transaction at once: no piece waits for the statements of another. The pieces share
 * their locks, so two of them must not touch the same rows. Waits until all have ended; throws the first error.
 */
export async function concurrently(tx: AnyTx, pieces: readonly ((tx: AnyTx) => Promise<void>)[]): Promise<void> {
  await tx.getExecutor().provideConnection(async (connection) => {
    const shared = unqueued.has(tx) ? tx : withoutQueue(tx, connection)
    const outcomes = await Promise.allSettled(pieces.map((piece) => piece(shared)))
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    if (errors.length > 0) throw errors.find((error) => sqlStateOf(error) !== transactionAborted) ?? errors[0]
  })
}

/** The same transaction without Kysely's queue, which sends a statement only after the answer to the previous one. */
function withoutQueue(tx: AnyTx, connection: DatabaseConnection): AnyTx {
  const executor = tx.getExecutor().withConnectionProvider({ provideConnection: (consumer) => consumer(connection) })
  const shared: AnyTx = new Transaction({ config: { dialect }, dialect, driver, executor })
  shareCommit(tx, shared)
  unqueued.add(shared)
  return shared
}
