import type { FastifySchema } from 'fastify'
import { Type } from 'typebox'
import { anyProblem, problemResponse, type ProblemCase, type ProblemResponse } from '../problems/problem-schema.ts'
import type { RouteFacts } from '../route-facts.ts'
import { Issue, maxIssues } from '../validation/describe-issues.ts'

const malformedUrl = { code: 'malformed-url', text: 'The URL contains a NUL character.' }
const validationFailed: ProblemCase = {
  code: 'validation-failed',
  text: 'The request does not match its schema.',
  members: { errors: Type.Array(Issue, { maxItems: maxIssues }) },
}
const emptyBody = { code: 'empty-body', text: 'The body is missing.' }
const unexpectedBody = { code: 'unexpected-body', text: 'The request takes no body, but has fields.' }
const ofBody: readonly ProblemCase[] = [
  { code: 'malformed-body', text: 'The body is not valid JSON.' },
  { code: 'malformed-request', text: 'The length of the body differs from its Content-Length.' },
]
const malformedUpload = { code: 'malformed-multipart', text: 'The parts of the body are malformed or incomplete.' }
const ofCursor = { code: 'bad-cursor', text: 'Another list issued this cursor, or none did.' }
const ofOffset = {
  code: 'offset-too-deep',
  text: 'The offset is too large. Follow `next_cursor` instead.',
}
const ofGuestKey = { code: 'guessable-idempotency-key', text: 'A guest without a token sent a key that is not a UUID.' }
const ofKey = { code: 'bad-idempotency-key', text: 'The key does not have 16 to 255 printable ASCII characters.' }

/** The problems that the platform's hooks answer on a route, added to those of the route's own refusals. */
export function withUsualProblems(schema: FastifySchema, facts: RouteFacts, isGet: boolean): object {
  const own = (schema.response ?? {}) as Record<string, ProblemResponse>
  const usual = Object.entries(usualProblems(schema, facts, isGet)).filter(([, cases]) => cases.length > 0)
  return {
    ...own,
    ...Object.fromEntries(usual.map(([status, cases]) => [status, problemResponse(cases, own[status])])),
    default: anyProblem,
  }
}

function usualProblems(
  { querystring, params, body }: FastifySchema,
  { access, idempotent, sealed, limit, ignoresToken, strictQuery, bodyLimit, upload }: RouteFacts,
  isGet: boolean,
): Readonly<Record<number, readonly ProblemCase[]>> {
  const query = (querystring as { properties?: object } | undefined)?.properties ?? {}
  const isChecked = querystring !== undefined || params !== undefined || strictQuery || !isGet
  const when = (isSo: boolean, ...cases: readonly ProblemCase[]) => (isSo ? cases : [])
  const ofUsualBody = [...ofBody, body === undefined ? unexpectedBody : emptyBody]
  const bodyCases = upload === undefined ? ofUsualBody : [emptyBody, malformedUpload]
  const needsCaller = access !== 'anyone'
  return {
    400: when(
      isChecked,
      validationFailed,
      malformedUrl,
      ...when(!isGet, ...bodyCases),
      ...when('cursor' in query, ofCursor),
      ...when('page' in query, ofOffset),
      ...when(idempotent, ofKey),
      ...when(idempotent && !sealed && access === 'anyone', ofGuestKey),
    ),
    401: [
      ...when(needsCaller, { code: 'unauthorized', text: 'The caller is not signed in.' }),
      ...when(!needsCaller && !ignoresToken, { code: 'unauthorized', text: 'The token is not valid.' }),
    ],
    403: when(needsCaller, {
      code: 'forbidden',
      text: 'The caller is not allowed to do this; `missing_permission` says what is missing.',
      members: { missing_permission: Type.Optional(Type.String()) },
    }),
    404: when(
      params !== undefined,
      { code: 'not-found', text: 'It does not exist, or it is not yours.' },
      { code: 'no-such-route', text: 'A part of the path is empty.' },
    ),
    409: when(idempotent, {
      code: 'idempotency-in-progress',
      text: 'The first request with this key is still running.',
    }),
    413: when(!isGet, { code: 'body-too-large', text: `The body has more than ${bodyLimit / 1024} KiB.` }),
    415: when(!isGet, {
      code: 'unsupported-media-type',
      text: `The body is not ${upload === undefined ? 'application/json' : 'multipart/form-data'}.`,
    }),
    422: when(idempotent, { code: 'idempotency-mismatch', text: 'The key was used with another body.' }),
    429: when(limit !== undefined, {
      code: 'too-many-requests',
      text: 'Too many requests: wait for `Retry-After` seconds.',
    }),
  }
}
