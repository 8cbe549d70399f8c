import { Type, type TProperties, type TSchema } from 'typebox'

const example = {
  type: 'urn:posad:problem:out-of-stock',
  title: 'Out of stock',
  status: 409,
  code: 'out-of-stock',
  detail: 'There is not enough of some of it.',
  request_id: '01a1fcdb-00cc-7833-8903-ac94dfbc87af',
  variant_ids: ['06180263-97a2-8a58-ade9-2f3fd908189d'],
}

/** The RFC 9457 document of every error. A problem may have more members; its code says which. */
const ProblemDocument = Type.Object(
  {
    type: Type.String({ maxLength: 200, description: 'A URN made of the code' }),
    title: Type.String({ maxLength: 200 }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ maxLength: 100, description: 'A stable slug to program against' }),
    detail: Type.String({ maxLength: 2000, description: 'A sentence for people, in the language of the request' }),
    request_id: Type.String({ maxLength: 100 }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ maxLength: 2000, description: 'JSON pointer: /body/…, /query/…, /params/…' }),
          detail: Type.String({ maxLength: 1000 }),
        }),
        { maxItems: 20 },
      ),
    ),
  },
  { title: 'Problem', additionalProperties: true, examples: [example] },
)

/** One problem that a route answers: its code, when it happens, and its further members. */
export type ProblemCase = Readonly<{ code: string; text: string; members?: TProperties | undefined }>

const problemType = 'application/problem+json'

/** A response object for `schema.response`: a problem document with one of the codes of `cases`. */
export type ProblemResponse = Readonly<{
  description: string
  content: Readonly<Record<typeof problemType, { schema: TSchema }>>
}>

/** Describes the problems of one status; `more` are the cases of `problemResponse(cases)` that exist already. */
export function problemResponse(cases: readonly ProblemCase[], more?: ProblemResponse): ProblemResponse {
  const known = more && propertiesOf(more)
  const codes = new Set([...(known?.code.enum ?? []), ...cases.map(({ code }) => code)])
  const added = cases.filter(({ code }) => !known?.code.enum.includes(code))
  const description = [more?.description, ...added.map(({ code, text }) => `\`${code}\`: ${text}`)]
  const members = Object.assign({}, ...cases.map(({ members = {} }) => members)) as TProperties
  const properties = { ...known, ...members, code: { type: 'string', enum: [...codes] } }
  const schema = { allOf: [ProblemDocument, { type: 'object', properties }] }
  return { description: description.filter(Boolean).join('\n\n'), content: { [problemType]: { schema } } }
}

type Properties = Readonly<{ code: { enum: readonly string[] } }>

/** The properties that `problemResponse` added to those of every problem; undefined for a response of another origin. */
function propertiesOf({ content }: ProblemResponse): Properties | undefined {
  const schema = content?.[problemType]?.schema as { allOf?: readonly { properties?: Properties }[] } | undefined
  return schema?.allOf?.[1]?.properties
}
