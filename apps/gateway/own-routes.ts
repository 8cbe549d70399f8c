import type { Http } from '#platform/http'
import type { Upstream } from '#platform/upstream'
import { seconds } from '#platform/values'
import { serviceOfPath } from '../services/services.ts'
import { version } from '../version.ts'
import { auditRoute } from './audit-route.ts'
import { mergedDocument } from './documents.ts'

const timeLimit = seconds(2)

type State = 'healthy' | 'unhealthy'

/** The routes that the gateway answers itself: health, the audit, and the documents of all services in one. */
export const ownRoutes =
  (upstreams: readonly Upstream[]) =>
  (http: Http): void => {
    for (const prefix of ['', '/api/v1', '/admin']) addHealth(http, prefix, upstreams)
    auditRoute(upstreams)(http)
    for (const path of ['/api/openapi.json', '/api/asyncapi.json']) {
      const read = mergedDocument(upstreams, path)
      http.get(path, async (_request, reply) => {
        const document = await read()
        if (!document) return reply.callNotFound()
        return reply.header('cache-control', 'private, no-cache').send(describeShop(document))
      })
    }
  }

/** The document of the whole shop, without the routes that the gateway does not forward. */
function describeShop({ info, paths, ...document }: Readonly<Record<string, unknown>>): object {
  const described = { ...document, info: { ...(info as object), title: 'posad', version } }
  if (paths === undefined) return described
  const served = Object.entries(paths as object).filter(([path]) => serviceOfPath(path) !== undefined)
  return { ...described, paths: Object.fromEntries(served) }
}

function addHealth(http: Http, prefix: string, upstreams: readonly Upstream[]): void {
  const about = { service: 'gateway', version }
  http.get(`${prefix}/health`, async () => {
    const states = await statesOf(upstreams)
    return { status: 'healthy', ...about, services: Object.fromEntries(states) }
  })
  http.get(`${prefix}/health/ready`, async (_request, reply) => {
    const states = await statesOf(upstreams)
    const degraded = states.filter(([, state]) => state === 'unhealthy').map(([name]) => name)
    // A gateway without a single service has nothing to answer.
    const isReady = degraded.length < states.length
    if (!isReady) void reply.code(503).header('retry-after', 1)
    return { status: isReady ? 'healthy' : 'unhealthy', ...about, degraded }
  })
}

const running = new WeakMap<Upstream, Promise<State>>()

const statesOf = async (upstreams: readonly Upstream[]) =>
  await Promise.all(upstreams.map(async (upstream) => [upstream.service, await stateOf(upstream)] as const))

/** All requests of one moment share one probe. */
async function stateOf(upstream: Upstream): Promise<State> {
  const state = running.get(upstream) ?? probe(upstream).finally(() => running.delete(upstream))
  running.set(upstream, state)
  return await state
}

async function probe(upstream: Upstream): Promise<State> {
  try {
    const signal = AbortSignal.timeout(timeLimit)
    const { status, body } = await upstream.request({ method: 'GET', path: '/health/ready', headers: {}, signal })
    body.destroy()
    return status === 200 ? 'healthy' : 'unhealthy'
  } catch {
    return 'unhealthy'
  }
}
