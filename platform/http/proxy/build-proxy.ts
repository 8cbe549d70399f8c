import type { FastifyInstance } from 'fastify'
import { addressKey, openLimiter } from '#platform/limits'
import { quietLog, type Log, type Metrics } from '#platform/telemetry'
import type { Upstream } from '#platform/upstream'
import { localeOf } from '#platform/values'
import { Problem } from '../problems/problem.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { onSend } from '../response/on-send.ts'
import { noRoute } from '../route-facts.ts'
import type { AnyReply, AnyRequest, Http } from '../routes.ts'
import { drainOnClose } from '../server/drain.ts'
import { errorHandler } from '../server/error-handler.ts'
import { fastifyServer } from '../server/fastify-server.ts'
import { defaultSettings, type ServerSettings } from '../server/server-settings.ts'
import { sharedAddresses } from '../server/shared-addresses.ts'
import { forward } from './forward.ts'

/** The parts of a proxy. */
export type ProxyNeeds = Readonly<{
  /** Closed with the server. */
  upstreams: readonly Upstream[]
  /** The service that answers a decoded path without its query; undefined: 404. */
  upstreamOf: (path: string) => Upstream | undefined
  /** Routes that the proxy answers itself. */
  addRoutes: (http: Http) => void
  /** The limit `gateway` counts the requests of one address of the Internet. */
  settings: Partial<ServerSettings>
  log?: Log
  /** Counts the requests; their route is the service that answers. */
  metrics?: Metrics
}>

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const longestUrl = 8000

/** Builds an HTTP server that forwards requests to services. It has the same bounds on connections as a service. */
export async function buildProxy(needs: ProxyNeeds): Promise<FastifyInstance> {
  const { upstreams, upstreamOf, addRoutes, log = quietLog, metrics } = needs
  const settings = { ...defaultSettings, ...needs.settings }
  const server = fastifyServer({ settings, log, versionedUrl: (url) => url })
  drainOnClose(server, settings.drainTimeout)
  server.addHook('onSend', onSend({ log, metrics, https: settings.https, stopping: server.stopping }))
  server.addHook('onClose', async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))))
  server.setErrorHandler(errorHandler(log))
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem(405, 'method-not-allowed')))
  // Services parse bodies; the proxy passes on their bytes.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, _payload, done) => done(null))
  server.addHook('onRequest', countRequests(settings))
  addRoutes(server)
  server.route({
    method: methods,
    url: '/*',
    handler: async (request, reply) => {
      const upstream = upstreamOf(pathOf(request.raw.url ?? '/'))
      if (!upstream) throw new Problem(404, 'no-such-route')
      request.facts = { ...noRoute, pattern: upstream.service }
      return await forward(request, reply, upstream)
    },
  })
  await server.ready()
  return server
}

/** The path as the router of a service decodes it. */
function pathOf(url: string): string {
  const [path = '/'] = url.split(/[?#;]/, 1)
  try {
    return decodeURI(path)
  } catch {
    throw new Problem(400, 'malformed-url')
  }
}

function countRequests({ limits, trustedProxies }: ServerSettings) {
  const limiter = openLimiter(limits, { name: 'gateway' })
  const isShared = sharedAddresses(trustedProxies)
  return async (request: AnyRequest, reply: AnyReply): Promise<void> => {
    request.receivedAt = performance.now()
    request.locale = localeOf(request.headers['accept-language']?.slice(0, 200))
    if (request.url.length > longestUrl) throw new Problem(414, 'url-too-long')
    // The forms for proxies, `http://host/path` and `*`, could mean another path to the router of the service.
    if (!request.originalUrl.startsWith('/')) throw new Problem(400, 'malformed-url')
    if (isShared(request.ip)) return
    const taken = limiter.take('gateway', addressKey(request.ip))
    if (!taken || taken.granted) return
    reply.header('retry-after', taken.retryAfter)
    throw new Problem(429, 'too-many-requests')
  }
}
