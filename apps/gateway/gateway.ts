import type { FastifyInstance } from 'fastify'
import { buildMetricsServer, buildProxy } from '#platform/http'
import { circuitMetric } from '#platform/circuit'
import { openSharedCounts } from '#platform/limits'
import { createMetrics, type Logs, type Metrics } from '#platform/telemetry'
import { Upstream, upstreamMetrics } from '#platform/upstream'
import type { Config } from '../config/config.ts'
import { serviceNames, serviceOfPath } from '../services/services.ts'
import { version } from '../version.ts'
import { ownRoutes } from './own-routes.ts'

/** Builds the gateway of the services at the addresses of the settings; it does not listen yet. */
export async function openGateway(config: Config, logs: Logs, metrics?: Metrics): Promise<FastifyInstance> {
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
  if (metrics) for (const metric of [...upstreamMetrics(upstreams), circuitMetric]) metrics.watch(metric)
  const ofService = new Map(upstreams.map((upstream) => [upstream.service, upstream]))
  const report = (line: string) => logs('gateway').warn(line)
  const counts = hasRateLimits ? await openSharedCounts(config.cache, report) : undefined
  const proxy = await buildProxy({
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
      limits: hasRateLimits ? { kind: 'on', rates: { gateway: rate }, counts } : { kind: 'off' },
      https: config.app.publicUrl?.startsWith('https:') ?? false,
    },
    log: logs('gateway'),
    ...(metrics && { metrics }),
  })
  proxy.addHook('onClose', async () => counts?.close())
  return proxy
}

/** The metrics of a gateway, and the server that answers with them on a port of its own; it does not listen yet. */
export async function openGatewayMetrics(config: Config, logs: Logs) {
  const metrics = createMetrics({ service: 'gateway', version })
  const { metricsToken } = config.http
  const settings = { metricsToken, hasLocalMetrics: true }
  return { metrics, server: await buildMetricsServer({ metrics, settings, log: logs('gateway') }) }
}
