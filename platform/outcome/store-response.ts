import type { Transaction } from 'kysely'

/**
 * Stores the response of a request in the transaction of its effect, so that a repeated request gets the same bytes.
 * `Success` is the outcome that changed something: a refusal has no effect to store a response with.
 */
// oxlint-disable-next-line no-explicit-any -- the response is stored next to the tables of any module
export type StoreResponse<Success> = (tx: Transaction<any>, outcome: Success) => Promise<void>

/** Stores nothing: for requests without an Idempotency-Key, tests, events and the command line. */
export const storeNothing: StoreResponse<unknown> = async () => {}
