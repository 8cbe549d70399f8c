import type { HookHandlerDoneFunction } from 'fastify'
import { withContext, type TraceContext } from '#platform/telemetry'
import { isId, newId } from '#platform/values'
import type { AnyReply, AnyRequest } from '../routes.ts'

const traceparent = /^00-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})$/

/** The trace context of a request: a new span in the caller's W3C trace, or in a new trace. */
export function traceContextOf(request: AnyRequest): TraceContext {
  const { id: request_id, caller, headers } = request
  const correlation_id = isId(request_id) ? request_id.toLowerCase() : newId()
  const hex = correlation_id.replaceAll('-', '')
  const sent = headers['traceparent']
  const [, trace = hex, flags = '01'] = (typeof sent === 'string' && traceparent.exec(sent)) || []
  const user_id = caller?.kind === 'user' ? caller.user_id : undefined
  return { correlation_id, request_id, user_id, traceparent: `00-${trace}-${spanOf(hex)}-${flags}` }
}

/** The random half of the correlation id. A span id of zeros is not allowed. */
const spanOf = (hex: string): string => (/[^0]/.test(hex.slice(16)) ? hex.slice(16) : '0000000000000001')

/** Runs the rest of the request in its trace context. A preHandler, because reading a body leaves the async context. */
export const enterContext = (request: AnyRequest, _reply: AnyReply, done: HookHandlerDoneFunction): void => {
  request.traceContext = traceContextOf(request)
  withContext(request.traceContext, done)
}
