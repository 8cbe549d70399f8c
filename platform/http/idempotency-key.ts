import { createHash } from 'node:crypto'
import { addressKey } from '#platform/limits'
import { canonicalJson } from '#platform/values'
import { Problem } from './problem.ts'
import type { AnyRequest } from './routes.ts'

/** One use of an Idempotency-Key. */
export type KeyUse = Readonly<{
  caller: string
  route: string
  key: string
  request_hash: Buffer
}>

const sane = /^[\x21-\x7e]{16,255}$/

/** The key of a request with whose it is and for what; undefined without the header. Throws 400 on a key that is none. */
export function keyUseOf(request: AnyRequest): KeyUse | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !sane.test(key)) throw new Problem(400, 'bad-idempotency-key')
  const route = `${request.method} ${request.facts.pattern}`
  return { caller: holderOf(request), route, key, request_hash: hashOf(request) }
}

/**
 * Whose key it is. A guest is known by the headers that the route declares (the cart's token), otherwise by address:
 * two guests behind one address share keys, but only somebody who knows a key and its exact body gets its answer.
 */
function holderOf({ caller, facts, headers, ip }: AnyRequest): string {
  if (caller.kind === 'user') return `user:${caller.user_id}`
  if (caller.kind === 'machine') return `machine:${caller.name}`
  const shown = facts.headers.map((name) => headers[name]).filter((value) => value !== undefined)
  return shown.length > 0 ? `guest:${digest(shown.join('\n')).toString('base64url')}` : `guest:${addressKey(ip)}`
}

const hashOf = ({ url, body }: AnyRequest): Buffer => digest(`${url}\n${canonicalJson(body)}`)

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
