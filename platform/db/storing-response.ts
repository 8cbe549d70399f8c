import type { Kysely } from 'kysely'
import { isRefusal, storeNothing, type StoreResponse } from '#platform/outcome'
import { transaction } from './transaction.ts'

/**
 * The unit of work of a slice whose effect is one statement. With a response to store, the statement and the response share
 * a transaction. Without one, the statement is a transaction by itself and needs no `begin` and no `commit`. `work` sends
 * all its queries over the handle that it gets, and refuses before it writes: outside a transaction nothing is rolled back.
 */
export async function storingResponse<Tables, Outcome>(
  db: Kysely<Tables>,
  storeResponse: StoreResponse<Exclude<Outcome, { kind: 'refused' | 'not-found' }>>,
  work: (over: Kysely<Tables>) => Promise<Outcome>,
): Promise<Outcome> {
  if (storeResponse === storeNothing) return await work(db)
  return await transaction(db, async (tx) => {
    const outcome = await work(tx)
    if (!isRefusal(outcome)) await storeResponse(tx, outcome as Exclude<Outcome, { kind: 'refused' | 'not-found' }>)
    return outcome
  })
}
