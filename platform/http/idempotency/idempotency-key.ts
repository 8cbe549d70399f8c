import { createHash } from 'node:crypto'
import { canonicalJson, isId } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest } from '../routes.ts'
import type { IdempotencyKey } from './attempt.ts'
import { sealOf } from './seal.ts'

const valid = /^[\x21-\x7e]{16,255}$/

/** The Idempotency-Key of a request with its owner and route; undefined without the header. Throws 400 on a bad key. */
export function idempotencyKeyOf(request: AnyRequest): IdempotencyKey | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !valid.test(key)) throw new Problem(400, 'bad-idempotency-key')
  const route = `${request.method} ${request.facts.pattern}`
  if (!request.facts.sealed) return { caller: ownerOf(request, key), route, key, request_hash: digest(textOf(request)) }
  const seal = sealOf(key)
  // The key and the exact body prove the owner: the address of a phone changes between two attempts.
  return { caller: 'sealed', route, key: seal.name, request_hash: seal.hash(textOf(request)), seal }
}

/**
 * The owner of the key. A guest is known by the headers that the route declares (the cart's token), otherwise by the key and
 * the exact body: the address of a phone changes between two attempts. The response may hold a new cart's token, so such a
 * key must be a UUID, which another guest cannot guess.
 */
function ownerOf({ caller, facts, headers }: AnyRequest, key: string): string {
  if (caller.kind === 'user') return `user:${caller.user_id}`
  if (caller.kind === 'machine') return `machine:${caller.name}`
  const sent = facts.headers.map((name) => headers[name]).filter((value) => value !== undefined)
  if (sent.length > 0) return `guest:${digest(sent.join('\n')).toString('base64url')}`
  if (!isId(key)) throw new Problem(400, 'guessable-idempotency-key')
  return 'guest'
}

const textOf = ({ url, body }: AnyRequest): string => `${url}\n${canonicalJson(body)}`

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
