import { timingSafeEqual, createHash } from 'node:crypto'
import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Db } from '#platform/db'
import type { Metrics } from '#platform/telemetry'
import { Problem } from './problem.ts'
import type { AnyRequest, Http } from './routes.ts'

/** Resolves when a dependency answers, rejects when it does not. */
export type Probe = () => Promise<unknown>

/** Dependencies that can be away; one that is not configured has no probe. */
export type Probes = Readonly<Partial<Record<'db' | 'broker' | 'redis' | 'storage', Probe>>>

type Named = Readonly<{ service: string; version: string; probes: Probes }>

const patience = 2000
const parts = ['db', 'broker', 'redis', 'storage'] as const
const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const
const status = Type.String({ description: '`healthy`, `unhealthy`, or `disabled` when it is not configured' })
const Part = Type.Object({ status, service: Type.String(), version: Type.String(), component: Type.String() })
const Whole = Type.Object({ status, service: Type.String(), version: Type.String() })
const Readiness = Type.Object({ ...Whole.properties, degraded: Type.Array(Type.String()) })

/** The probe that asks `db` for anything at all. */
export const askDb =
  (db: Db): Probe =>
  () =>
    sql`select 1`.execute(db)

/** Where the health of a service is told: at `prefix`/health and below. */
export const healthRoutes =
  ({ service, version, probes }: Named, hide: boolean) =>
  (http: Http) => {
    const named = { service, version }
    const about = (summary: string) => ({ tags: ['health'], summary, hide })
    http.get('/health', { schema: { ...about('The process answers'), response: { 200: Whole } }, config }, () => ({
      status: 'healthy',
      ...named,
    }))
    for (const part of parts) {
      const schema = { ...about(`Does ${part} answer?`), response: { 200: Part, 503: Part } }
      http.get(`/health/${part}`, { schema, config }, async (_request, reply) => {
        const state = await stateOf(probes[part])
        return reply
          .code(state === 'unhealthy' ? 503 : 200)
          .header('retry-after', state === 'unhealthy' ? 1 : undefined)
          .send({ status: state, ...named, component: part })
      })
    }
    const schema = {
      ...about('May requests be sent here? Only a missing database says no'),
      response: { 200: Readiness, 503: Readiness },
    }
    http.get('/health/ready', { schema, config }, async (_request, reply) => {
      const states = await Promise.all(parts.map(async (part) => [part, await stateOf(probes[part])] as const))
      const away = states.filter(([, state]) => state === 'unhealthy').map(([part]) => part)
      if (away.includes('db')) reply.code(503).header('retry-after', 1)
      return reply.send({ status: away.includes('db') ? 'unhealthy' : 'healthy', ...named, degraded: away })
    })
  }

async function stateOf(probe: Probe | undefined): Promise<'healthy' | 'unhealthy' | 'disabled'> {
  if (!probe) return 'disabled'
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('took too long')), patience)
  try {
    await Promise.race([probe(), tooLate])
    return 'healthy'
  } catch {
    return 'unhealthy'
  } finally {
    clearTimeout(timer)
  }
}

/** `/metrics` for Prometheus, from this machine itself or with the token; to everybody else it is not there. */
export const metricsRoute = (metrics: Metrics, token: string | undefined) => (http: Http) => {
  http.get('/metrics', { schema: { hide: true }, config }, async (request, reply) => {
    if (!isLocal(request) && !holds(request, token)) throw new Problem(404, 'no-such-route')
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.text())
  })
}

/** Straight from loopback: what a proxy on this machine forwards is from elsewhere. */
function isLocal({ raw, headers }: AnyRequest): boolean {
  const address = raw.socket.remoteAddress ?? ''
  const forwarded = headers['x-forwarded-for'] ?? headers['forwarded'] ?? headers['via'] ?? headers['x-real-ip']
  return forwarded === undefined && /^(::ffff:)?127\.|^::1$/.test(address)
}

function holds({ headers }: AnyRequest, token: string | undefined): boolean {
  if (!token) return false
  const hashed = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashed(headers.authorization ?? ''), hashed(`Bearer ${token}`))
}
