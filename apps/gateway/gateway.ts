import type { FastifyInstance } from 'fastify'
import { buildProxy } from '#platform/http'
import type { Logs } from '#platform/telemetry'
import { Upstream } from '#platform/upstream'
import type { Config } from '../config.ts'
import { serviceNames, serviceOfPath } from '../services.ts'
import { ownRoutes } from './own-routes.ts'

/** Builds the gateway of the services at the addresses of the settings; it does not listen yet. */
export async function openGateway(config: Config, logs: Logs): Promise<FastifyInstance> {
  const { timeout, rate } = config.gateway
  const { trustedProxies, connections, hasRateLimits } = config.http
  const upstreams = serviceNames.map(
    (service) =>
      new Upstream({
        service,
        urls: config.services.urls[service],
        limits: { headers: timeout },
        readinessPath: '/health/ready',
      }),
  )
  const ofService = new Map(upstreams.map((upstream) => [upstream.service, upstream]))
  return await buildProxy({
    upstreams,
    upstreamOf: (path) => {
      // The pages of the documents are the same in every service, and load the merged document.
      const service = /^\/api\/(docs|redoc)(\/|$)/.test(path) ? 'shop' : serviceOfPath(path)
      return service && ofService.get(service)
    },
    addRoutes: ownRoutes(upstreams),
    settings: {
      trustedProxies,
      connections,
      limits: hasRateLimits ? { kind: 'on', rates: { gateway: rate } } : { kind: 'off' },
      https: config.app.publicUrl?.startsWith('https:') ?? false,
    },
    log: logs('gateway'),
  })
}
