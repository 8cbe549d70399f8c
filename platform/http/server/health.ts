import { sql } from 'kysely'
import { Type } from 'typebox'
import type { Db } from '#platform/db'
import { named } from '#platform/schema'
import type { Http } from '../routes.ts'

/** Resolves when a dependency answers; rejects when it does not. */
export type Probe = () => Promise<unknown>

/** The probes of dependencies; a dependency that is not configured has none. */
export type Probes = Readonly<Partial<Record<(typeof dependencies)[number], Probe>>>

type Service = Readonly<{ service: string; version: string; probes: Probes }>

const probeTimeout = 2000
const dependencies = ['db', 'broker', 'redis', 'storage'] as const
const config = { access: 'anyone', limit: 'none', ignoresToken: true } as const
const status = Type.String({ description: '`healthy`, `unhealthy`, or `disabled` when it is not configured' })
const Health = named('Health', Type.Object({ status, service: Type.String(), version: Type.String() }))
const ComponentHealth = named('ComponentHealth', Type.Object({ ...Health.properties, component: Type.String() }))
const Readiness = named('Readiness', Type.Object({ ...Health.properties, degraded: Type.Array(Type.String()) }))

/** The probe of the database. */
export const askDb =
  (db: Db): Probe =>
  () =>
    sql`select 1`.execute(db)

/** The health of a service at `/health`, of its dependencies at `/health/<name>`, and its readiness at `/health/ready`. */
export const healthRoutes =
  ({ service, version, probes }: Service, hide: boolean) =>
  (http: Http) => {
    const named = { service, version }
    const about = (summary: string) => ({ tags: ['health'], summary, hide })
    http.get('/health', { schema: { ...about('The process answers'), response: { 200: Health } }, config }, () => ({
      status: 'healthy',
      ...named,
    }))
    for (const component of dependencies) {
      const schema = {
        ...about(`Does ${component} answer?`),
        response: { 200: ComponentHealth, 503: ComponentHealth },
      }
      http.get(`/health/${component}`, { schema, config }, async (_request, reply) => {
        const state = await stateOf(probes[component])
        return reply
          .code(state === 'unhealthy' ? 503 : 200)
          .header('retry-after', state === 'unhealthy' ? 1 : undefined)
          .send({ status: state, ...named, component })
      })
    }
    const schema = {
      ...about('May requests be sent here? Only an unhealthy database says no'),
      response: { 200: Readiness, 503: Readiness },
    }
    http.get('/health/ready', { schema, config }, async (_request, reply) => {
      const states = await Promise.all(dependencies.map(async (one) => [one, await stateOf(probes[one])] as const))
      const degraded = states.filter(([, state]) => state === 'unhealthy').map(([component]) => component)
      const isReady = !degraded.includes('db')
      if (!isReady) reply.code(503).header('retry-after', 1)
      return reply.send({ status: isReady ? 'healthy' : 'unhealthy', ...named, degraded })
    })
  }

type State = 'healthy' | 'unhealthy' | 'disabled'

const running = new WeakMap<Probe, Promise<State>>()

/** Health has no limit, so that it is always answered: all requests of one moment share one probe. */
async function stateOf(probe: Probe | undefined): Promise<State> {
  if (!probe) return 'disabled'
  const state = running.get(probe) ?? stateBy(probe).finally(() => running.delete(probe))
  running.set(probe, state)
  return await state
}

async function stateBy(probe: Probe): Promise<State> {
  const { promise: timeout, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the probe took too long')), probeTimeout)
  try {
    await Promise.race([probe(), timeout])
    return 'healthy'
  } catch {
    return 'unhealthy'
  } finally {
    clearTimeout(timer)
  }
}
