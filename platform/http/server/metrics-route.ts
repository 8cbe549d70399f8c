import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '#platform/telemetry'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest, Http } from '../routes.ts'
import type { ServerSettings } from './server-settings.ts'

const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const

type Settings = Pick<ServerSettings, 'metricsToken' | 'hasLocalMetrics' | 'trustedProxies'>

/** `/metrics` for Prometheus: answered to bearers of the token; without a token, to this machine; 401 to all others. */
export const metricsRoute = (metrics: Metrics, settings: Settings) => (http: Http) => {
  http.get('/metrics', { schema: { hide: true }, config }, async (request, reply) => {
    if (!mayRead(request, settings)) {
      reply.header('www-authenticate', 'Bearer realm="metrics"')
      throw new Problem(401, 'metrics-token-required')
    }
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.text())
  })
}

function mayRead(request: AnyRequest, { metricsToken, hasLocalMetrics, trustedProxies }: Settings): boolean {
  if (metricsToken) return hasToken(request, metricsToken)
  return hasLocalMetrics && trustedProxies.length === 0 && isLocal(request)
}

/**
 * True for direct connections from loopback. A proxy on this machine forwards requests of other machines: most add a header,
 * and one that forwards plain TCP leaves the public name in `Host`. nginx does neither by default, so this is not
 * enough where anything suggests a proxy.
 */
function isLocal({ raw, headers }: AnyRequest): boolean {
  const isForwarded = Object.keys(headers).some((name) => forwarding.test(name))
  return !isForwarded && loopback.test(raw.socket.remoteAddress ?? '') && ownName.test(headers.host ?? '')
}

const forwarding = /^(x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/
const loopback = /^(::ffff:)?127\.|^::1$/
const ownName = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/

function hasToken({ headers }: AnyRequest, token: string): boolean {
  const hashed = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashed(headers.authorization ?? ''), hashed(`Bearer ${token}`))
}
