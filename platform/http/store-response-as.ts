import { keepAnswer } from './idempotency.ts'
import type { StoreResponse } from '#platform/outcome'
import type { AnyReply } from './routes.ts'

/**
 * Remembers the answer of a request with an Idempotency-Key: `present` makes its body, which is serialized by the
 * route's schema for `status` and kept in the transaction of the effect. Without the header nothing happens.
 */
export const storeResponseAs =
  <Outcome>(reply: AnyReply, status: number, present: (outcome: Outcome) => object): StoreResponse<Outcome> =>
  async (tx, outcome) => {
    const { attempt } = reply.request
    if (!attempt) return
    const serialize = reply.getSerializationFunction(String(status)) ?? JSON.stringify
    await keepAnswer(tx, attempt, { status, text: serialize(present(outcome)) })
  }
