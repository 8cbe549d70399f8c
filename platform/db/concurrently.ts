import { Transaction, type DatabaseConnection } from 'kysely'
import { Pool } from 'pg'
import { PosadDialect } from './dialect.ts'
import { shareCommit, sqlStateOf, type AnyTx } from './transaction.ts'

/** Never connects: Kysely wants a dialect although the connection is given. */
const dialect = new PosadDialect(new Pool())
const driver = dialect.createDriver()

/** "The transaction is aborted": what every statement after the failed one is told. */
const aborted = '25P02'

/**
 * Runs pieces of work over one transaction at once: a statement of one does not wait for the answer to a statement of
 * another. They share locks, so no two of them may touch the same rows. All have ended when it resolves or throws, and
 * what it throws is what went wrong first.
 */
export async function concurrently(tx: AnyTx, pieces: readonly ((tx: AnyTx) => Promise<void>)[]): Promise<void> {
  await tx.getExecutor().provideConnection(async (connection) => {
    const shared = over(tx, connection)
    const outcomes = await Promise.allSettled(pieces.map((piece) => piece(shared)))
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    if (errors.length > 0) throw errors.find((error) => sqlStateOf(error) !== aborted) ?? errors[0]
  })
}

/** The same transaction without Kysely's queue, which sends a statement when the one before has been answered. */
function over(tx: AnyTx, connection: DatabaseConnection): AnyTx {
  const executor = tx.getExecutor().withConnectionProvider({ provideConnection: (consumer) => consumer(connection) })
  const shared: AnyTx = new Transaction({ config: { dialect }, dialect, driver, executor })
  shareCommit(tx, shared)
  return shared
}
