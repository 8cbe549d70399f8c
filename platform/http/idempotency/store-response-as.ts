import { storeNothing, type StoreResponse } from '#platform/outcome'
import type { AnyReply } from '../routes.ts'
import { saveResponse } from './store.ts'

/**
 * Stores the response of a request with an Idempotency-Key. `present` makes the body; the route's schema for `status`
 * serializes it, and it is saved in the transaction of the effect. Without the header the result is `storeNothing`.
 */
export function storeResponseAs<Success>(
  reply: AnyReply,
  status: number,
  present: (outcome: Success) => object,
): StoreResponse<Success> {
  const { attempt, act } = reply.request
  if (!attempt && !act) return storeNothing
  return async (tx, outcome) => {
    const response = present(outcome)
    reply.request.createdId = idOf(response)
    if (!attempt) return
    const serialize = reply.getSerializationFunction(String(status)) ?? JSON.stringify
    await saveResponse(tx, attempt, { status, body: serialize(response) })
  }
}

const idOf = ({ id }: Readonly<{ id?: unknown }>): string | undefined => (typeof id === 'string' ? id : undefined)
