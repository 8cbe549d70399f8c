import type { DoneFuncWithErrOrRes } from 'fastify'
import { withContext, type Log, type Metrics } from '#platform/telemetry'
import { traceContextOf } from './request-id.ts'
import { noRoute } from './route-facts.ts'
import type { AnyReply, AnyRequest } from './routes.ts'

type Needs = Readonly<{ log: Log; metrics: Metrics | undefined; https: boolean; stopping: AbortSignal }>

/** Pages bring a policy of their own; an answer of JSON needs nothing of anybody. */
const nothingAllowed = "default-src 'none'; frame-ancestors 'none'"

/** The last hook of every answer: the headers each one has, the metrics and the log line. */
export const leave =
  ({ log, metrics, https, stopping }: Needs) =>
  // oxlint-disable-next-line max-params -- Fastify's callback style: a promise per answer would cost more than all of it
  (request: AnyRequest, reply: AnyReply, payload: unknown, done: DoneFuncWithErrOrRes): void => {
    const elapsed = request.arrived ? performance.now() - request.arrived : 0
    reply.header('x-request-id', request.id)
    reply.header('x-response-time', `${elapsed.toFixed(1)}ms`)
    reply.header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'no-referrer')
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', nothingAllowed)
    // A browser heeds it over TLS only. Of its neighbours under the same domain the shop knows nothing.
    if (https || request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
    if (request.caller?.kind === 'user' && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (stopping.aborted) reply.header('connection', 'close')
    if (metrics) {
      const { pattern } = request.facts ?? noRoute
      metrics.latency.labels(request.method, pattern).observe(elapsed / 1000)
      metrics.requests.labels(request.method, pattern, String(reply.statusCode)).inc()
    }
    const level = levelOf(request.method, reply.statusCode)
    if (log.isLevelEnabled(level))
      withContext(request.traceContext ?? traceContextOf(request), () => log[level](lineOf(), 'answered'))
    done(null, payload)

    function lineOf() {
      const { method, url, facts } = request
      const action = `${method} ${facts?.pattern ?? noRoute.pattern}`
      return {
        action,
        path: url.split('?', 1)[0],
        status: reply.statusCode,
        duration_ms: Math.round(elapsed * 10) / 10,
      }
    }
  }

/** What writes or fails is worth a line; reads that went well are for whoever looks closer. */
function levelOf(method: string, status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn'
  return status >= 400 || (method !== 'GET' && method !== 'HEAD') ? 'info' : 'debug'
}
