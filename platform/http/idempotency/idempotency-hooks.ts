import type { onSendAsyncHookHandler, preHandlerAsyncHookHandler } from 'fastify'
import { transaction, type Db } from '#platform/db'
import { newId } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { deleteKey, failKey, findKey, insertKey, saveResponse } from './store.ts'

/** Takes the key before the route's handler runs, or sends the stored response of the first request. */
export const takeKey = (db: Db, ttlSeconds: number): preHandlerAsyncHookHandler =>
  async function (request: AnyRequest, reply: AnyReply) {
    const key = idempotencyKeyOf(request)
    if (!key) return
    const attempt = { ...key, attempt_id: newId() }
    const started = await insertKey(db, attempt, ttlSeconds)
    if (started) {
      request.attempt = { ...attempt, ...started }
      return
    }
    const held = await findKey(db, key)
    if (held && !held.request_hash.equals(key.request_hash)) throw new Problem(422, 'idempotency-mismatch')
    if (held?.state !== 'done' || held.status === null) {
      reply.header('retry-after', 1)
      throw new Problem(409, 'idempotency-in-progress')
    }
    return reply
      .code(held.status)
      .header('idempotent-replay', 'true')
      .header('content-type', 'application/json; charset=utf-8')
      .send(key.seal && held.response !== null ? key.seal.open(held.response) : held.response)
  }

/**
 * Sends the stored bytes. A success that stored no response found its effect done already (a client's own id came again):
 * its response is stored now. A refusal deletes the key and an error frees it, so that the request may be tried again. The
 * refusal of a retry only frees it: the next attempt needs the operation id of the first, which may have done a part of the
 * work before it died. So does a repeat of a request whose work goes on.
 */
export const settleKey = (db: Db): onSendAsyncHookHandler =>
  async function (request: AnyRequest, reply: AnyReply, payload: unknown) {
    const { attempt } = request
    if (!attempt) return payload
    if (attempt.response?.status === reply.statusCode) return attempt.response.body
    const isSuccess = reply.statusCode < 300 && typeof payload === 'string'
    const settle = () => {
      if (attempt.isOpen) return failKey(db, attempt)
      if (isSuccess)
        return transaction(db, (tx) => saveResponse(tx, attempt, { status: reply.statusCode, body: payload }))
      return reply.statusCode < 500 && !attempt.isRetry ? deleteKey(db, attempt) : failKey(db, attempt)
    }
    await settle().catch((error: unknown) =>
      request.log.warn({ err: error }, 'the Idempotency-Key could not be settled'),
    )
    return payload
  }
