import { Type, type TProperties, type TSchema } from 'typebox'
import { named, OneOf } from '#platform/schema'

const example = {
  type: 'urn:posad:problem:not-found',
  title: 'Not found',
  status: 404,
  code: 'not-found',
  detail: 'It does not exist, or it is not yours.',
  request_id: '01a1fcdb-00cc-7833-8903-ac94dfbc87af',
}

/** The members of every RFC 9457 document. The problem of a code adds its own. */
const ProblemDocument = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ maxLength: 200, description: 'A URN with the code' }),
      title: Type.String({ maxLength: 200 }),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      code: Type.String({ maxLength: 100, description: 'A stable code to program against' }),
      detail: Type.String({ maxLength: 2000, description: 'A sentence for people, in the language of the request' }),
      request_id: Type.String({ maxLength: 100 }),
    },
    { examples: [example] },
  ),
)

/** One problem that a route answers: its code, when it happens, and its further members. */
export type ProblemCase = Readonly<{ code: string; text: string; members?: TProperties | undefined }>

const problemType = 'application/problem+json'

/** A response object for `schema.response`: a problem document with one of the codes of `cases`. */
export type ProblemResponse = Readonly<{
  cases: readonly ProblemCase[]
  description: string
  content: Readonly<Record<typeof problemType, { schema: object }>>
}>

/** Describes the problems of one status; `more` has the cases of `problemResponse(cases)` that exist already. */
export function problemResponse(added: readonly ProblemCase[], more?: ProblemResponse): ProblemResponse {
  const known = more?.cases ?? []
  const cases = [...known, ...added.filter(({ code }) => !known.some((one) => one.code === code))]
  return {
    cases,
    description: cases.map(({ code, text }) => `\`${code}\`: ${text}`).join('\n\n'),
    content: { [problemType]: { schema: unionOf(cases) } },
  }
}

/**
 * The codes that any route may answer beside its own cases. They have no members of their own. A schema with any string as
 * its code would keep a client from distinguishing the problems of the route by code.
 */
const codesOfAnyRoute = [
  'malformed-url',
  'unencoded-url',
  'malformed-request',
  'no-such-route',
  'method-not-allowed',
  'request-timeout',
  'url-too-long',
  'headers-too-large',
  'internal-error',
  'unavailable',
] as const

const ProblemOfAnyRoute = named(
  'AnyRouteProblem',
  Type.Unsafe({ allOf: [ProblemDocument, Type.Object({ code: OneOf(codesOfAnyRoute) })] }),
)

/** The response of a route to what its own cases do not name. */
export const anyProblem: ProblemResponse = {
  cases: [],
  description: 'Another problem, such as 405, 408, 414 and 431 of any URL, 500, and 503 with `Retry-After`',
  content: { [problemType]: { schema: ProblemOfAnyRoute } },
}

/** One problem, or the problems that a client distinguishes by their code ([ADR 15](../../../docs/adr/0015-problems-by-code.md)). */
function unionOf(cases: readonly ProblemCase[]): TSchema {
  const [only, ...others] = cases.map(problemSchema)
  return only && others.length === 0 ? only : Type.Unsafe({ oneOf: cases.map(problemSchema) })
}

/**
 * The component of a code, such as `OutOfStockProblem`: one code has the same members on every route. An `enum` of one
 * value, because generators for Python do not merge a `const` with the string of `Problem`.
 */
function problemSchema({ code, members = {} }: ProblemCase): TSchema {
  const own = Type.Object({ code: OneOf([code]), ...members })
  return named(nameOf(code), Type.Unsafe({ allOf: [ProblemDocument, own] }))
}

const nameOf = (code: string): string =>
  `-${code}-problem`.replaceAll(/-(.)/g, (_hyphen, first: string) => first.toUpperCase())
