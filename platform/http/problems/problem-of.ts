import type { ErrorObject } from 'ajv'
import { sqlStateOf } from '#platform/db'
import { InvalidPage } from '#platform/outcome'
import type { AnyRequest } from '../routes.ts'
import { allErrorsOf } from '../validation/compile-validator.ts'
import { describeIssues } from '../validation/describe-issues.ts'
import { Problem, codeOf } from './problem.ts'
import { isUnavailable } from './unavailable.ts'

/** The properties of errors of Fastify, Ajv, pg and Node that are read here. */
type Thrown = Error & {
  code?: string
  statusCode?: number
  validation?: ErrorObject[]
  validationContext?: string
}

const fastifyProblems: Readonly<Record<string, readonly [number, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body-too-large'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported-media-type'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'empty-body'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'malformed-body'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'malformed-request'],
  FST_ERR_BAD_URL: [400, 'malformed-url'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'url-too-long'],
}

/** The problem that answers an error. The response contains nothing about an unexpected error. */
export function problemOf(error: unknown, request: AnyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof InvalidPage) return new Problem(400, error.reason)
  const thrown = (error ?? {}) as Thrown
  if (thrown.validation) return validationProblem(thrown, request)
  const [status, code] = fastifyProblems[thrown.code ?? ''] ?? []
  if (status !== undefined) return new Problem(status, code ?? codeOf(status))
  if (isUnavailable(thrown)) return new Problem(503, 'unavailable')
  const state = sqlStateOf(thrown)
  if (state?.startsWith('22')) {
    if ((request.query as { cursor?: unknown } | null)?.cursor !== undefined) return new Problem(400, 'bad-cursor')
    // A character that PostgreSQL cannot store arrived in a part of the request that no parser of ours reads.
    if (state === '22021' || state === '22P05') return new Problem(400, 'validation-failed')
  }
  const { statusCode } = thrown
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, codeOf(statusCode))
  return new Problem(500, 'internal-error')
}

const partNames: Readonly<Record<string, string>> = { querystring: 'query' }
const smallBody = 16_384

function validationProblem({ validation = [], validationContext = 'body' }: Thrown, request: AnyRequest): Problem {
  const part = partNames[validationContext] ?? validationContext
  if (part === 'body' && request.body === undefined) return new Problem(400, 'empty-body')
  const schema = request.routeOptions.schema?.body
  const isSmall = (request.rawBody?.length ?? 0) <= smallBody
  const all = part === 'body' && schema && isSmall ? allErrorsOf(schema, request.body) : []
  const found = all.length > 0 ? all : validation
  const errors = describeIssues(part === 'query' ? repeatedKeys(found, request) : found, part, request.locale)
  return new Problem(400, 'validation-failed').with({ errors })
}

/** `sort=price&sort=name` is a list for the parser: say so, instead of that it must be a string. */
const repeatedKeys = (errors: readonly ErrorObject[], { query }: AnyRequest): readonly ErrorObject[] =>
  errors.map((error) => {
    const value = (query as Record<string, unknown> | null)?.[error.instancePath.slice(1)]
    return error.keyword === 'type' && Array.isArray(value) ? { ...error, keyword: 'repeated' } : error
  })
