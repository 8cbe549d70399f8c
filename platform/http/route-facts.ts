import type { FastifySchema, RouteOptions } from 'fastify'
import type { Access } from '#platform/access'
import { bodyLimitOf, usualBodyLimit } from './request/body-limit.ts'

/** The properties of a route that the hooks need, read once at the start instead of once per request. */
export type RouteFacts = Readonly<{
  /** The pattern, such as `/api/v1/orders/:id`: names the route in metrics, logs and idempotency keys. */
  pattern: string
  access: Access
  /** The name of the rate limit; undefined where there is none. */
  limit: string | undefined
  /** The limit counts refused and unfinished requests only. */
  countsRefusals: boolean
  ignoresToken: boolean
  takesStreamToken: boolean
  idempotent: boolean
  /** The database has the requests and responses of the route only sealed with the client's Idempotency-Key. */
  sealed: boolean
  bodyOptional: boolean
  /** The largest body in bytes; of an upload, the largest file. */
  bodyLimit: number
  /** The bytes of the largest file, where the body is an upload. */
  upload: number | undefined
  /** Query parameters that the schema does not name are refused, so that a typing error is noticed. */
  strictQuery: boolean
  /** Request headers that the route declares: a guest who sends one is known by it. */
  headers: readonly string[]
}>

/** Reads the facts of a route. Throws when the route has no `config.access`. */
export function factsOf(route: RouteOptions): RouteFacts {
  const config = route.config ?? {}
  const { access } = config
  if (!access) throw new Error(`${String(route.method)} ${route.url} does not say who may use it: set config.access`)
  const isApi = route.url.startsWith('/api/v1/')
  const declared = (route.schema?.headers as { properties?: object } | undefined)?.properties ?? {}
  return {
    pattern: route.url,
    access,
    limit: config.limit === 'none' ? undefined : (config.limit ?? 'default'),
    countsRefusals: config.countsRefusals ?? false,
    ignoresToken: config.ignoresToken ?? !isApi,
    takesStreamToken: config.streamToken ?? false,
    idempotent: Boolean(config.idempotent),
    sealed: config.idempotent === 'sealed',
    bodyOptional: config.bodyOptional ?? false,
    bodyLimit: config.upload ?? bodyLimitOf(route),
    upload: config.upload,
    strictQuery: isApi && !config.tolerant,
    headers: Object.keys(declared).map((name) => name.toLowerCase()),
  }
}

/** The facts of a request that matches no route. */
export const noRoute: RouteFacts = {
  pattern: 'none',
  access: 'anyone',
  limit: 'default',
  countsRefusals: false,
  ignoresToken: true,
  takesStreamToken: false,
  idempotent: false,
  sealed: false,
  bodyOptional: false,
  bodyLimit: usualBodyLimit,
  upload: undefined,
  strictQuery: false,
  headers: [],
}

/** A route's schema that refuses query parameters it does not name, unless the query's own schema allows them. */
export function withStrictQuery(schema: FastifySchema = {}): FastifySchema {
  const query = (schema.querystring ?? { type: 'object', properties: {} }) as { type?: string }
  return query.type === 'object' ? { ...schema, querystring: { additionalProperties: false, ...query } } : schema
}
