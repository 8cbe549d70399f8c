import type { ErrorObject } from 'ajv'
import { sqlStateOf } from '#platform/db'
import { InvalidPage, Unavailable } from '#platform/outcome'
import { explain } from './explain.ts'
import { Problem, codeOf } from './problem.ts'
import type { AnyRequest } from './routes.ts'
import { faultsOf } from './validate.ts'

/** What Fastify, Ajv, pg and node throw, as far as we look. */
type Thrown = Error & {
  code?: string
  statusCode?: number
  validation?: ErrorObject[]
  validationContext?: string
  hostname?: string
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

/** The problem that an error is answered with. Nothing of an unexpected error gets out. */
export function problemOf(error: unknown, request: AnyRequest): Problem {
  if (error instanceof Problem) return error
  if (error instanceof InvalidPage) return new Problem(400, error.reason)
  if (error instanceof Unavailable) return new Problem(503, 'unavailable')
  const thrown = (error ?? {}) as Thrown
  if (thrown.validation) return validationProblem(thrown, request)
  const [status, code] = fastifyProblems[thrown.code ?? ''] ?? []
  if (status !== undefined) return new Problem(status, code ?? codeOf(status))
  if (isUnavailable(thrown)) return new Problem(503, 'unavailable')
  const state = sqlStateOf(thrown)
  if (state?.startsWith('22')) {
    if ((request.query as { cursor?: unknown } | null)?.cursor !== undefined) return new Problem(400, 'bad-cursor')
    // A character that PostgreSQL cannot store came by a way that no parser of ours saw.
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
  const all =
    part === 'body' && schema && (request.rawBody?.length ?? 0) <= smallBody ? faultsOf(schema, request.body) : []
  const errors = explain(all.length > 0 ? all : validation, part, request.locale)
  return new Problem(400, 'validation-failed').with({ errors })
}

/** Gone, starting, full, too slow, or fought over for too long: worth another try in a moment. */
const unavailableStates = /^(08...|53...|57P0[1-5]|57014|55P03|25P03|40001|40P01)$/
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])
/** pg and its pool have sentences instead of codes. */
const unavailableSentences =
  /^(timeout exceeded when trying to connect|timeout expired|Connection terminated|Client was closed|Client has encountered|Cannot use a pool after|Query read timeout)/

function isUnavailable(error: Thrown): boolean {
  const state = sqlStateOf(error)
  if (state !== undefined && unavailableStates.test(state)) return true
  if (unavailableCodes.has(error.code ?? '') || unavailableSentences.test(error.message ?? '')) return true
  const inner = (error as { errors?: unknown[] }).errors ?? [error.cause]
  return inner.some((one) => one instanceof Error && one !== error && isUnavailable(one))
}
