import { STATUS_CODES } from 'node:http'
import fastifySwagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { Type } from 'typebox'
import { stringify } from 'yaml'
import type { Access } from '#platform/access'
import { factsOf } from '../route-facts.ts'
import { takeComponents, takeResponses, type DescribedOperation } from './components.ts'
import { withUsualProblems } from './usual-problems.ts'

/** Carries the fact through the plugin, which documents every body as required. */
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
type Operation = DescribedOperation & {
  tags?: string[]
  requestBody?: { required: boolean }
  [bodyOptional]?: true
}
type Document = {
  paths: Record<string, Record<string, Operation>>
  tags?: { name: string }[]
  components: Readonly<Record<string, object>>
}

/** Collects every route that is added later into an OpenAPI 3.1 document. */
export async function describeApi(server: FastifyInstance, { name, version, tags }: About): Promise<void> {
  await server.register(fastifySwagger, {
    convertConstToEnum: false,
    openapi: {
      openapi: '3.1.0',
      servers: [{ url: '/', description: 'The server that serves this document' }],
      info: { title: name, version, description: introduction },
      tags: [...tags],
      components: {
        securitySchemes: {
          user: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a user' },
          machine: { type: 'http', scheme: 'bearer', description: 'The token of a program' },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: describeRoute((schema ?? {}) as Schema, url, route), url }),
    transformObject: (made) => finished('openapiObject' in made ? made.openapiObject : made.swaggerObject),
  })
}

const introduction = `Money is an integer of minor units beside its \`currency\`; times are RFC 3339 in UTC; ids are UUIDs.
Errors are RFC 9457 problem documents: program against \`code\`. Every response has \`X-Request-ID\` and \`X-Response-Time\`.
Limited routes send \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\`; 429 has \`Retry-After\`.
Unknown fields and query parameters are refused. Any URL may answer 405, 408, 414 or 431.
\`Accept-Language\` chooses Russian or English texts.`

/** Readers of YAML 1.1 take an unquoted `on` or `NO` for a boolean: such words are quoted. */
const yamlOptions = { lineWidth: 120, version: '1.1' } as const

/** The document as docs/openapi.yaml has it. */
export const openapiYaml = (server: FastifyInstance): string => stringify(plain(server.swagger()), yamlOptions)

/** A copy without the symbols of TypeBox and without shared objects, which YAML would write as anchors. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** A route's schema with the additions of its config and of the platform's hooks. */
function describeRoute(schema: Schema, url: string, route: RouteOptions): Schema {
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
    ...(facts.upload !== undefined && { consumes: ['multipart/form-data'], body: uploadBody }),
    ...(facts.idempotent && {
      headers: { ...key, ...headers, properties: { ...headers?.properties, ...key.properties } },
    }),
    response: withUsualProblems(schema, facts, method === 'GET'),
  }
}

/** One file: its type is found by its content. */
const uploadBody = Type.Object({ file: Type.Unsafe<Blob>({ type: 'string', format: 'binary' }) })

const idempotencyText =
  'Makes the request safe to repeat: for the time of IDEMPOTENCY_TTL, 24 hours by default, a repeat gets the same response with `Idempotent-Replay: true`.'

const tagOf = (url: string) => url.replace('/api/v1/', '').split('/', 1)[0] || 'pages'

/** `get_orders_by_id`: unique, because method and path are. */
const operationIdOf = (method: string, url: string) =>
  [method.toLowerCase(), ...url.replace('/api/v1', '').split('/').filter(Boolean)]
    .map((part) => part.replace(/^:/, 'by_').replaceAll(/\W+/g, '_'))
    .join('_')

const securityOf = (access: Access): Security[] => {
  if (access === 'anyone') return [{}, { user: [] }]
  if (access === 'machine') return [{ machine: [] }]
  // The document says which programs read what belongs to users: every user may read what is his own.
  if (typeof access === 'object' && 'userOr' in access) return [{ user: [] }, { machine: [access.userOr] }]
  return access === 'user' ? [{ user: [] }] : [{ user: [] }, { machine: [] }]
}

/** Puts named schemas into the components, statuses into words and paths in order, and lists only the tags in use. */
function finished(document: object): object {
  const { paths, tags = [], components, ...rest } = plain(document) as Document
  const operations = Object.values(paths).flatMap((path) => Object.values(path))
  for (const operation of operations) {
    if (operation[bodyOptional] && operation.requestBody) operation.requestBody.required = false
    delete operation[bodyOptional]
    const { responses } = operation
    for (const [status, response] of Object.entries(responses)) {
      if (response.description !== 'Default Response') continue
      responses[status] = { ...response, description: STATUS_CODES[status] ?? status }
    }
  }
  const used = new Set(operations.flatMap((operation) => operation.tags ?? []))
  const schemas = takeComponents(operations)
  return {
    ...rest,
    components: { ...components, schemas, responses: takeResponses(operations) },
    tags: [...used].toSorted().map((name) => tags.find((tag) => tag.name === name) ?? { name }),
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}
