import type { FastifySchema, RouteOptions } from 'fastify'
import type { Access } from './caller.ts'

/** What the hooks need to know of a route, looked up once at the start instead of once per request. */
export type RouteFacts = Readonly<{
  /** The pattern, as in `/api/v1/orders/:id`: names the route in metrics, logs and idempotency keys. */
  pattern: string
  access: Access
  /** The class of rate limit; undefined where there is none. */
  limit: string | undefined
  ignoresToken: boolean
  idempotent: boolean
  bodyOptional: boolean
  /** Query parameters that the route does not name are refused: typos must not pass. */
  strictQuery: boolean
  /** Request headers the route declares: a guest who sends one is known by it. */
  headers: readonly string[]
}>

/** The routes of Swagger UI come from its plugin, which knows nothing of access. */
const docsPrefix = '/api/docs'

/** Reads what a route says of itself. Throws when it does not say who may use it. */
export function factsOf(route: RouteOptions): RouteFacts {
  const config = route.config ?? {}
  const isDocs = route.url.startsWith(docsPrefix)
  const access = config.access ?? (isDocs ? 'anyone' : undefined)
  if (!access) throw new Error(`${String(route.method)} ${route.url} does not say who may use it: set config.access`)
  const isApi = route.url.startsWith('/api/v1/')
  const declared = (route.schema?.headers as { properties?: object } | undefined)?.properties ?? {}
  return {
    pattern: route.url,
    access,
    limit: config.limit === 'none' || isDocs ? undefined : (config.limit ?? 'default'),
    ignoresToken: config.ignoresToken ?? !isApi,
    idempotent: config.idempotent ?? false,
    bodyOptional: config.bodyOptional ?? false,
    strictQuery: isApi && !config.tolerant,
    headers: Object.keys(declared).map((name) => name.toLowerCase()),
  }
}

/** For requests that no route takes. */
export const noRoute: RouteFacts = {
  pattern: 'none',
  access: 'anyone',
  limit: 'default',
  ignoresToken: true,
  idempotent: false,
  bodyOptional: false,
  strictQuery: false,
  headers: [],
}

/** A route's schema that refuses query parameters it does not name; one that lets them through must say so. */
export function withStrictQuery(schema: FastifySchema = {}): FastifySchema {
  const query = (schema.querystring ?? { type: 'object', properties: {} }) as { type?: string }
  return query.type === 'object' ? { ...schema, querystring: { additionalProperties: false, ...query } } : schema
}
