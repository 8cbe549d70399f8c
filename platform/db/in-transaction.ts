import { sql, type RawBuilder } from 'kysely'

const setting = 'posad.in_transaction'

/** Sent with BEGIN: the setting ends with the transaction. */
export const markTransaction = `set local ${setting} = 'on'`

const condition = `current_setting('${setting}', true) = 'on'`

/**
 * A condition that holds only inside a transaction. A first statement that writes under this condition is sent together
 * with BEGIN, which saves a round trip: if BEGIN failed, the statement would run by itself, and it would write nothing.
 */
export const inTransaction: RawBuilder<boolean> = sql.raw(condition)

/** True for a statement that writes nothing outside a transaction. */
export const needsTransaction = (text: string): boolean => text.includes(condition)
