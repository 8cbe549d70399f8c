import { STATUS_CODES } from 'node:http'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { Type } from 'typebox'
import { stringify } from 'yaml'
import type { Access } from './caller.ts'
import { ProblemDocument, problemResponse } from './problem-schema.ts'
import { factsOf, type RouteFacts } from './route-facts.ts'

/** Goes with a route through the plugin, which believes that a body described is a body required. */
const bodyOptional = 'x-body-optional'

type About = Readonly<{ name: string; version: string; tags: readonly { name: string; description?: string }[] }>
type Schema = FastifySchema & {
  hide?: boolean
  tags?: string[]
  security?: Security[]
  operationId?: string
  [bodyOptional]?: true
}
type Security = Record<string, readonly string[]>
type Operation = {
  responses: Record<string, { description: string }>
  tags?: string[]
  requestBody?: { required: boolean }
  [bodyOptional]?: true
}
type Document = { paths: Record<string, Record<string, Operation>>; tags?: { name: string }[] }

/** Collects every route added after it into an OpenAPI 3.1 document. */
export async function describeApi(server: FastifyInstance, { name, version, tags }: About): Promise<void> {
  await server.register(fastifySwagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      info: { title: name, version, description: introduction },
      tags: [...tags],
      components: {
        securitySchemes: {
          person: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a person' },
          machine: { type: 'http', scheme: 'bearer', description: 'ADMIN_API_TOKEN or INTERNAL_BOT_TOKEN' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: told((schema ?? {}) as Schema, url, route), url }),
    transformObject: (made) => polished('openapiObject' in made ? made.openapiObject : made.swaggerObject),
  })
}

const introduction = `Money is an integer of minor units beside its \`currency\`; times are RFC 3339 UTC; ids are UUIDs.
Errors are RFC 9457 problem documents: program against \`code\`. Every answer has \`X-Request-ID\` and \`X-Response-Time\`;
what is limited has \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\`, and 429 has \`Retry-After\`.
Fields and query parameters that are not described are refused; any address may answer 405, 408, 414 or 431. \`Accept-Language\` chooses Russian or English texts.`

/** The document as docs/openapi.yaml has it. */
export const openapiYaml = (server: FastifyInstance): string => stringify(plain(server.swagger()), { lineWidth: 120 })

/** Without the invisible marks of TypeBox and without anchors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** A route's schema with what its config and the rules for every API add. */
function told(schema: Schema, url: string, route: RouteOptions): Schema {
  const { method, config } = route
  if (schema.hide || !config?.access) return { ...schema, hide: true }
  const facts = factsOf(route)
  const key = Type.Object({
    'Idempotency-Key': Type.Optional(Type.String({ minLength: 16, maxLength: 255, description: idempotencyText })),
  })
  const headers = schema.headers as { properties?: object; required?: string[] } | undefined
  return {
    ...schema,
    tags: schema.tags ?? [tagOf(url)],
    operationId: schema.operationId ?? operationIdOf(String([method].flat()[0]), url),
    security: facts.ignoresToken ? [] : securityOf(facts.access),
    ...(facts.bodyOptional && { [bodyOptional]: true }),
    ...(facts.idempotent && {
      headers: { ...key, ...headers, properties: { ...headers?.properties, ...key.properties } },
    }),
    response: { ...(schema.response as object), ...usualProblems(schema, facts, method === 'GET') },
  }
}

const idempotencyText =
  'Makes the request safe to repeat for 24 hours: a repeat gets the same answer with `Idempotent-Replay: true`.'

const tagOf = (url: string) => url.replace('/api/v1/', '').split('/', 1)[0] || 'pages'

/** `get_orders_by_id`: unique, because method and path are. */
const operationIdOf = (method: string, url: string) =>
  [method.toLowerCase(), ...url.replace('/api/v1', '').split('/').filter(Boolean)]
    .map((part) => part.replace(/^:/, 'by_').replaceAll(/\W+/g, '_'))
    .join('_')

const securityOf = (access: Access): Security[] => {
  if (access === 'anyone') return [{}, { person: [] }]
  if (access === 'internal' || access === 'machine') return [{ machine: [] }]
  return access === 'customer' || access === 'user' ? [{ person: [] }] : [{ person: [] }, { machine: [] }]
}

/** Problems that a route can answer because of what it is; those of its own refusals are added to. */
function usualProblems(schema: Schema, { access, idempotent, limit, ignoresToken }: RouteFacts, isGet: boolean) {
  const isChecked = schema.querystring ?? schema.params ?? schema.headers
  const lines: Record<number, string[]> = {}
  const add = (status: number, line: string) => (lines[status] ??= []).push(line)
  if (isChecked || !isGet) add(400, '`validation-failed`: the request does not fit its description')
  if (access !== 'anyone') add(401, '`unauthorized`: not signed in')
  else if (!ignoresToken) add(401, '`unauthorized`: there is a token, and it is not good')
  if (access !== 'anyone') add(403, '`forbidden`: not allowed; `missing_permission` says what is missing')
  if (schema.params) add(404, '`not-found`: there is no such thing, or it is not yours')
  if (idempotent) add(409, '`idempotency-in-progress`: the first request with this key is still running')
  if (!isGet) add(413, '`body-too-large`: the body has more than 1 MB')
  if (!isGet) add(415, '`unsupported-media-type`: the body is not application/json')
  if (idempotent) add(422, '`idempotency-mismatch`: the key was used with another body')
  if (limit !== undefined) add(429, '`too-many-requests`: wait for `Retry-After` seconds')
  const own = (schema.response ?? {}) as Record<string, { description?: string }>
  return Object.fromEntries(
    Object.entries(lines).map(([status, texts]) => {
      const description = [own[status]?.description, ...texts].filter(Boolean).join('\n\n')
      return [status, problemResponse(description)]
    }),
  )
}

/** Problem documents by reference, statuses in words, paths in order, and only the tags in use. */
function polished(document: object) {
  const {
    paths,
    tags = [],
    ...rest
  } = JSON.parse(JSON.stringify(document), (_name, value: unknown) =>
    isProblem(value) ? { $ref: '#/components/schemas/Problem' } : value,
  ) as Document & { components: { schemas: object } }
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  for (const operation of operations) {
    if (operation[bodyOptional] && operation.requestBody) operation.requestBody.required = false
    delete operation[bodyOptional]
    const { responses } = operation
    for (const [status, response] of Object.entries(responses)) {
      if (response.description === 'Default Response') response.description = STATUS_CODES[status] ?? status
    }
  }
  rest.components.schemas = { ...rest.components.schemas, Problem: plain(ProblemDocument) }
  const used = new Set(operations.flatMap((operation) => operation.tags ?? []))
  const named = [...used].toSorted().map((name) => tags.find((tag) => tag.name === name) ?? { name })
  return {
    ...rest,
    tags: named,
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

const isProblem = (value: unknown) =>
  (value as { title?: unknown } | null)?.title === 'Problem' && 'properties' in (value as object)
