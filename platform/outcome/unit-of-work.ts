import type { Kysely } from 'kysely'

/**
 * Where a piece of work sends its statements: the database, or the transaction that is open. A function that takes it, of
 * another module in the same database, does not wait for a second connection while the caller holds the first.
 */
// oxlint-disable-next-line no-explicit-any -- of any module's tables
export type UnitOfWork = Kysely<any>
