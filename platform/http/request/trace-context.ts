import type { HookHandlerDoneFunction } from 'fastify'
import { startSpan, withContext, type Span, type TraceContext } from '#platform/telemetry'
import { isId, newId } from '#platform/values'
import { loggedPath } from '../response/logged-path.ts'
import { noRoute } from '../route-facts.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'

const valid = /^00-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})$/

/** Probes and Prometheus ask every few seconds: their spans would hide the others. */
const untraced = /^(?:\/api\/v1|\/admin)?\/(?:health|metrics)(?:[/?]|$)/

/** The trace context of a request: a new span in the caller's W3C trace, or in a new trace. A later call returns it again. */
export function traceContextOf(request: AnyRequest, reply: AnyReply): TraceContext {
  const { caller, traceContext = openContext(request, reply) } = request
  const isNamed = caller?.kind !== 'user' || traceContext.user_id !== undefined
  request.traceContext = isNamed ? traceContext : { ...traceContext, user_id: caller.user_id }
  return request.traceContext
}

function openContext(request: AnyRequest, reply: AnyReply): TraceContext {
  const { id: request_id, headers } = request
  const correlation_id = isId(request_id) ? request_id.toLowerCase() : newId()
  const { traceparent: sent } = headers
  const [parent, trace, flags = '01'] = (typeof sent === 'string' && valid.exec(sent)) || []
  const span = spanOf(request, reply, parent)
  const hex = correlation_id.replaceAll('-', '')
  const traceparent = span?.traceparent ?? `00-${trace ?? hex}-${spanIdOf(hex)}-${flags}`
  return { correlation_id, request_id, traceparent, ...(span && { span }) }
}

/** The random half of the correlation id. A span id of zeros is not allowed. */
const spanIdOf = (hex: string): string => (/[^0]/.test(hex.slice(16)) ? hex.slice(16) : '0000000000000001')

/** The span of a request, which ends with its response; undefined when tracing is off. */
function spanOf(request: AnyRequest, { raw }: AnyReply, parent: string | undefined): Span | undefined {
  const { method, url, receivedAt } = request
  const facts = request.facts ?? noRoute
  if (untraced.test(url)) return undefined
  const span = startSpan(() => ({
    name: `${method} ${facts.pattern}`,
    kind: 'server',
    parent: parent ?? null,
    ...(receivedAt > 0 && { startedAt: receivedAt }),
    attributes: {
      'http.request.method': method,
      'http.route': facts.pattern,
      'url.path': loggedPath(url, facts),
      'posad.request_id': request.id,
    },
  }))
  if (span)
    raw.once('close', () => {
      span.set({ 'http.response.status_code': raw.statusCode })
      if (raw.statusCode >= 500) span.fail()
      span.end()
    })
  return span
}

/** Runs the rest of the request in its trace context. A preHandler, because reading a body leaves the async context. */
export const enterContext = (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction): void => {
  withContext(traceContextOf(request, reply), done)
}
