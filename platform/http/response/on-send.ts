import type { DoneFuncWithErrOrRes } from 'fastify'
import { withContext, type Log, type Metrics } from '#platform/telemetry'
import { traceContextOf } from '../request/trace-context.ts'
import { noRoute } from '../route-facts.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'
import { loggedPath } from './logged-path.ts'

type Needs = Readonly<{ log: Log; metrics: Metrics | undefined; https: boolean; stopping: AbortSignal }>

/** Pages set a policy of their own; a JSON response needs no resource. */
const nothingAllowed = "default-src 'none'; frame-ancestors 'none'"

/** The last hook of every response: the headers that all responses have, the metrics and the log line. */
export const onSend =
  ({ log, metrics, https, stopping }: Needs) =>
  // oxlint-disable-next-line max-params -- Fastify's callback style: a promise per response would cost more than the hook
  (request: AnyRequest, reply: AnyReply, payload: unknown, done: DoneFuncWithErrOrRes): void => {
    const elapsed = request.receivedAt ? performance.now() - request.receivedAt : 0
    reply.header('x-request-id', request.id)
    reply.header('x-response-time', `${elapsed.toFixed(1)}ms`)
    reply.header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'no-referrer')
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', nothingAllowed)
    // Without includeSubDomains: other sites under the same domain may not have TLS.
    if (https || request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
    // Responses contain tokens, carts and addresses: no cache stores one whose route does not say so.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (stopping.aborted) reply.header('connection', 'close')
    if (metrics) {
      const { pattern } = request.facts ?? noRoute
      metrics.latency.labels(request.method, pattern).observe(elapsed / 1000)
      metrics.requests.labels(request.method, pattern, String(reply.statusCode)).inc()
    }
    const level = levelOf(request.method, reply.statusCode)
    if (log.isLevelEnabled(level)) withContext(traceContextOf(request, reply), () => log[level](logLine(), 'answered'))
    done(null, payload)

    function logLine() {
      const { method, url } = request
      const facts = request.facts ?? noRoute
      const action = `${method} ${facts.pattern}`
      return {
        action,
        path: loggedPath(url, facts),
        status: reply.statusCode,
        duration_ms: Math.round(elapsed * 10) / 10,
      }
    }
  }

/** Writes and errors are logged at `info` and above; successful reads only at `debug`. */
function levelOf(method: string, status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn'
  return status >= 400 || (method !== 'GET' && method !== 'HEAD') ? 'info' : 'debug'
}
