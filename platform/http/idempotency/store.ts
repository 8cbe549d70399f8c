import { sql } from 'kysely'
import { afterCommit, type AnyTx, type Db } from '#platform/db'
import { newId } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import type { Attempt, IdempotencyKey, StoredResponse } from './attempt.ts'

/** The work of an attempt is one transaction. After this long without a response that transaction no longer exists. */
const staleSeconds = 60

type NewAttempt = Omit<Attempt, 'operation_id' | 'isRetry' | 'response'>
type Started = Pick<Attempt, 'operation_id' | 'isRetry'>

export type KeyRow = Readonly<{
  request_hash: Buffer
  state: 'started' | 'failed' | 'done'
  status: number | null
  response: string | null
}>

/**
 * Inserts the key of an attempt, alone and before its work. Returns undefined when another attempt holds the key. A later attempt of the same request keeps the operation id of the first, which may have done a part of the
 * work. A crash may lose the row without harm, so the commit does not wait for the disk: 0.10 ms instead of 0.23.
 */
export async function insertKey(db: Db, attempt: NewAttempt, ttlSeconds: number): Promise<Started | undefined> {
  const first_id = newId()
  const { caller, route, key, request_hash, attempt_id } = attempt
  const { rows } = await sql<{ operation_id: string }>`
    with fast as materialized (select set_config('synchronous_commit', 'off', true))
    insert into platform.idempotency as held (caller, route, key, request_hash, attempt_id, operation_id)
    select ${caller}, ${route}, ${key}, ${request_hash}::bytea, ${attempt_id}::uuid, ${first_id}::uuid from fast
    on conflict (caller, route, key) do update
      set attempt_id = excluded.attempt_id, request_hash = excluded.request_hash, state = 'started', status = null,
          response = null, created_at = now(),
          operation_id = case when ${isExpired(ttlSeconds)} or held.request_hash <> excluded.request_hash
                              then excluded.operation_id else held.operation_id end
      where held.state = 'failed' or ${isExpired(ttlSeconds)}
         or (held.state = 'started' and held.created_at < now() - make_interval(secs => ${staleSeconds}))
    returning operation_id
  `.execute(db)
  return rows[0] && { operation_id: rows[0].operation_id, isRetry: rows[0].operation_id !== first_id }
}

const isExpired = (ttlSeconds: number) => sql`held.created_at < now() - make_interval(secs => ${ttlSeconds})`

/** The row of a key that another attempt inserted. */
export async function findKey(db: Db, { caller, route, key }: IdempotencyKey): Promise<KeyRow | undefined> {
  const { rows } = await sql<KeyRow>`
    select request_hash, state, status, response from platform.idempotency
    where caller = ${caller} and route = ${route} and key = ${key}
  `.execute(db)
  return rows[0]
}

/** Deletes the key of a refused attempt: it changed nothing, and the request may be sent again. */
export async function deleteKey(db: Db, { caller, route, key, attempt_id }: Attempt): Promise<void> {
  await sql`
    with fast as materialized (select set_config('synchronous_commit', 'off', true))
    delete from platform.idempotency using fast
    where caller = ${caller} and route = ${route} and key = ${key} and attempt_id = ${attempt_id}::uuid
      and state = 'started'
  `.execute(db)
}

/** Frees the key of an attempt that failed, or whose work goes on. The next attempt keeps its operation id, because a part of the work may be done. */
export async function failKey(db: Db, { caller, route, key, attempt_id }: Attempt): Promise<void> {
  await sql`
    with fast as materialized (select set_config('synchronous_commit', 'off', true))
    update platform.idempotency set state = 'failed' from fast
    where caller = ${caller} and route = ${route} and key = ${key} and attempt_id = ${attempt_id}::uuid
      and state = 'started'
  `.execute(db)
}

/** Saves the response in the transaction of its effect. Throws 409 when another attempt has taken the key over. */
export async function saveResponse(tx: AnyTx, attempt: Attempt, response: StoredResponse): Promise<void> {
  const { caller, route, key, request_hash, attempt_id, operation_id } = attempt
  const { status, body } = response
  const { rows } = await sql`
    insert into platform.idempotency as held (
      caller, route, key, request_hash, attempt_id, operation_id, state, status, response)
    values (${caller}, ${route}, ${key}, ${request_hash}::bytea, ${attempt_id}::uuid, ${operation_id}::uuid, 'done',
            ${status}::int, ${attempt.seal?.close(body) ?? body})
    on conflict (caller, route, key) do update
      set state = 'done', status = excluded.status, response = excluded.response
      where held.attempt_id = excluded.attempt_id
    returning 1
  `.execute(tx)
  if (rows.length === 0) throw new Problem(409, 'idempotency-in-progress')
  // The transaction may still be rolled back, and another attempt place its effect.
  afterCommit(tx, () => (attempt.response = response))
}
