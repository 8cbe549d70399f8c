import { sql } from 'kysely'
import type { AnyTx, Db } from '#platform/db'
import { Problem } from '../problems/problem.ts'
import type { Attempt, IdempotencyKey, StoredResponse } from './attempt.ts'

/** The work of an attempt is one transaction. After this long without a response that transaction no longer exists. */
const staleSeconds = 60

export type KeyRow = Readonly<{
  request_hash: Buffer
  state: 'started' | 'done'
  status: number | null
  response: string | null
}>

/**
 * Inserts the key of a first attempt, alone and before its work; false when another attempt holds the key. A crash may
 * lose the row without harm, so the commit does not wait for the disk: 0.10 ms instead of 0.23.
 */
export async function insertKey(
  db: Db,
  { caller, route, key, request_hash, attempt_id }: Attempt,
  ttlSeconds: number,
): Promise<boolean> {
  const { rows } = await sql`
    with fast as materialized (select set_config('synchronous_commit', 'off', true))
    insert into platform.idempotency as held (caller, route, key, request_hash, attempt_id)
    select ${caller}, ${route}, ${key}, ${request_hash}::bytea, ${attempt_id}::uuid from fast
    on conflict (caller, route, key) do update
      set attempt_id = excluded.attempt_id, request_hash = excluded.request_hash, state = 'started', status = null,
          response = null, created_at = now()
      where (held.state = 'started' and held.created_at < now() - make_interval(secs => ${staleSeconds}))
         or held.created_at < now() - make_interval(secs => ${ttlSeconds})
    returning 1
  `.execute(db)
  return rows.length > 0
}

/** The row of a key that another attempt inserted. */
export async function findKey(db: Db, { caller, route, key }: IdempotencyKey): Promise<KeyRow | undefined> {
  const { rows } = await sql<KeyRow>`
    select request_hash, state, status, response from platform.idempotency
    where caller = ${caller} and route = ${route} and key = ${key}
  `.execute(db)
  return rows[0]
}

/** Deletes the key of an attempt without a response, so that the request may be tried again. */
export async function deleteKey(db: Db, { caller, route, key, attempt_id }: Attempt): Promise<void> {
  await sql`
    with fast as materialized (select set_config('synchronous_commit', 'off', true))
    delete from platform.idempotency using fast
    where caller = ${caller} and route = ${route} and key = ${key} and attempt_id = ${attempt_id}::uuid
      and state = 'started'
  `.execute(db)
}

/** Saves the response in the transaction of its effect. Throws 409 when another attempt has taken the key over. */
export async function saveResponse(tx: AnyTx, attempt: Attempt, response: StoredResponse): Promise<void> {
  const { caller, route, key, request_hash, attempt_id } = attempt
  const { status, body } = response
  const { rows } = await sql`
    insert into platform.idempotency as held (caller, route, key, request_hash, attempt_id, state, status, response)
    values (${caller}, ${route}, ${key}, ${request_hash}::bytea, ${attempt_id}::uuid, 'done', ${status}::int, ${body})
    on conflict (caller, route, key) do update
      set state = 'done', status = excluded.status, response = excluded.response
      where held.attempt_id = excluded.attempt_id
    returning 1
  `.execute(tx)
  if (rows.length === 0) throw new Problem(409, 'idempotency-in-progress')
  attempt.response = response
}
