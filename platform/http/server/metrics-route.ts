import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '#platform/telemetry'
import { Problem } from '../problems/problem.ts'
import type { AnyRequest, Http } from '../routes.ts'

const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const

/** `/metrics` for Prometheus: answered to this machine and to bearers of `token`; 404 to all others. */
export const metricsRoute = (metrics: Metrics, token: string | undefined) => (http: Http) => {
  http.get('/metrics', { schema: { hide: true }, config }, async (request, reply) => {
    if (!isLocal(request) && !hasToken(request, token)) throw new Problem(404, 'no-such-route')
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.text())
  })
}

/**
 * True for direct connections from loopback. A proxy on this machine forwards requests of other machines: it adds a header,
 * or, if it forwards plain TCP, leaves the public name in `Host`.
 */
function isLocal({ raw, headers }: AnyRequest): boolean {
  const isForwarded = Object.keys(headers).some((name) => forwarding.test(name))
  return !isForwarded && loopback.test(raw.socket.remoteAddress ?? '') && ownName.test(headers.host ?? '')
}

const forwarding = /^(x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/
const loopback = /^(::ffff:)?127\.|^::1$/
const ownName = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/

function hasToken({ headers }: AnyRequest, token: string | undefined): boolean {
  if (!token) return false
  const hashed = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashed(headers.authorization ?? ''), hashed(`Bearer ${token}`))
}
