import type { Transaction } from 'kysely'

/** Stores the response of a request in the transaction of its effect, so that a repeated request gets the same bytes. */
// oxlint-disable-next-line no-explicit-any -- the response is stored next to the tables of any module
export type StoreResponse<Outcome> = (tx: Transaction<any>, outcome: Outcome) => Promise<void>

/** For callers without an Idempotency-Key: tests, events, the command line. */
export const storeNothing: StoreResponse<unknown> = async () => {}
