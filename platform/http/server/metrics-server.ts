import type { FastifyInstance } from 'fastify'
import type { Log, Metrics } from '#platform/telemetry'
import { Problem } from '../problems/problem.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { errorHandler } from './error-handler.ts'
import { fastifyServer } from './fastify-server.ts'
import { metricsRoute } from './metrics-route.ts'
import { defaultSettings, type ServerSettings } from './server-settings.ts'

type Needs = Readonly<{
  metrics: Metrics
  log: Log
  settings: Pick<ServerSettings, 'metricsToken' | 'hasLocalMetrics'>
}>

/** A server with `/metrics` and nothing else, for a program whose own port is open to customers. */
export async function buildMetricsServer({ metrics, log, settings: given }: Needs): Promise<FastifyInstance> {
  const settings = { ...defaultSettings, ...given }
  const server = fastifyServer({ settings, log, versionedUrl: (url) => url })
  server.addHook('onRequest', async (request) => void (request.locale = 'en'))
  server.setErrorHandler(errorHandler(log))
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, new Problem(404, 'no-such-route')))
  metricsRoute(metrics, settings)(server)
  await server.ready()
  return server
}
