import { isId, newId } from '#platform/values'
import type { TraceContext } from '#platform/telemetry'
import type { AnyRequest } from './routes.ts'

const sane = /^[\w.:/+=@-]{1,128}$/

/** `X-Request-ID` of the caller when it is a sane token, otherwise a new one. */
export function requestIdOf({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const sent = headers['x-request-id']
  return typeof sent === 'string' && sane.test(sent) ? sent : newId()
}

const traceparent = /^00-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})$/

/** The trail of a request: continues the caller's W3C trace with a span of our own, or begins one. */
export function traceContextOf(request: AnyRequest): TraceContext {
  const { id: request_id, caller, headers } = request
  const correlation_id = isId(request_id) ? request_id.toLowerCase() : newId()
  const hex = correlation_id.replaceAll('-', '')
  const sent = headers['traceparent']
  const [, trace = hex, flags = '01'] = (typeof sent === 'string' && traceparent.exec(sent)) || []
  const user_id = caller?.kind === 'user' ? caller.user_id : undefined
  return { correlation_id, request_id, user_id, traceparent: `00-${trace}-${spanOf(hex)}-${flags}` }
}

/** The random half of the correlation id; a span id of zeros is not allowed. */
const spanOf = (hex: string): string => (/[^0]/.test(hex.slice(16)) ? hex.slice(16) : '0000000000000001')
