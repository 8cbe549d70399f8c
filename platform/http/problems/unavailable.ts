import { sqlStateOf } from '#platform/db'
import { Unavailable } from '#platform/outcome'

/** SQLSTATEs of a server that is away, starting, full, too slow or too contended: a retry in a moment may succeed. */
const states = /^(08...|53...|57P0[1-5]|57014|55P03|25P03|40001|40P01)$/

const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** pg and its pool throw these errors without a code. */
const sentences =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Client was closed|Client has encountered|Cannot use a pool after|Query read timeout)/

/** True when `error`, or an error that caused it, means that something the request needs does not answer now. */
export function isUnavailable(error: Error & { code?: string }): boolean {
  if (error instanceof Unavailable) return true
  const state = sqlStateOf(error)
  if (state !== undefined && states.test(state)) return true
  if (codes.has(error.code ?? '') || sentences.test(error.message ?? '')) return true
  const causes = (error as { errors?: unknown[] }).errors ?? [error.cause]
  return causes.some((cause) => cause instanceof Error && cause !== error && isUnavailable(cause))
}
