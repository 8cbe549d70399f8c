import { STATUS_CODES } from 'node:http'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { Type } from 'typebox'
import { stringify } from 'yaml'
import type { Access } from './caller.ts'
import { ProblemDocument, problemResponse } from './problem-schema.ts'

type About = Readonly<{ name: string; version: string; tags: readonly { name: string; description?: string }[] }>
type Schema = FastifySchema & { hide?: boolean; tags?: string[]; security?: Security[]; operationId?: string }
type Security = Record<string, readonly string[]>
type Operation = { responses: Record<string, { description: string }>; tags?: string[] }
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
Fields and query parameters that are not described are refused. \`Accept-Language\` chooses Russian or English texts.`

/** The document as docs/openapi.yaml has it. */
export const openapiYaml = (server: FastifyInstance): string => stringify(plain(server.swagger()), { lineWidth: 120 })

/** Without the invisible marks of TypeBox and without anchors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** A route's schema with what its config and the rules for every API add. */
function told(schema: Schema, url: string, { method, config }: RouteOptions): Schema {
  const access = config?.access
  if (schema.hide || !access) return { ...schema, hide: true }
  const key = Type.Object({
    'Idempotency-Key': Type.Optional(Type.String({ minLength: 16, maxLength: 255, description: idempotencyText })),
  })
  const headers = schema.headers as { properties?: object; required?: string[] } | undefined
  return {
    ...schema,
    tags: schema.tags ?? [tagOf(url)],
    operationId: schema.operationId ?? operationIdOf(String([method].flat()[0]), url),
    security: config.ignoresToken ? [] : securityOf(access),
    ...(config.idempotent && {
      headers: { ...key, ...headers, properties: { ...headers?.properties, ...key.properties } },
    }),
    response: { ...(schema.response as object), ...usualProblems(schema, config) },
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
  if (access === 'internal') return [{ machine: [] }]
  return access === 'customer' ? [{ person: [] }] : [{ person: [] }, { machine: [] }]
}

/** Problems that a route can answer because of what it is; those of its own refusals are added to. */
function usualProblems(schema: Schema, { access, idempotent, limit }: NonNullable<RouteOptions['config']>) {
  const checked = schema.body ?? schema.querystring ?? schema.params ?? schema.headers
  const lines: Record<number, string[]> = {}
  const add = (status: number, line: string) => (lines[status] ??= []).push(line)
  if (checked || idempotent) add(400, '`validation-failed`: the request does not fit its description')
  if (access !== 'anyone') add(401, '`unauthorized`: not signed in')
  if (access !== 'anyone') add(403, '`forbidden`: not allowed; `missing_permission` says what is missing')
  if (idempotent) add(409, '`idempotency-in-progress`: the first request with this key is still running')
  if (idempotent) add(422, '`idempotency-mismatch`: the key was used with another body')
  if (limit !== 'none') add(429, '`too-many-requests`: wait for `Retry-After` seconds')
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
  for (const { responses } of operations) {
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
