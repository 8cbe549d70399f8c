import { Type } from 'typebox'

const example = {
  type: 'urn:posad:problem:out-of-stock',
  title: 'Out of stock',
  status: 409,
  code: 'out-of-stock',
  detail: 'There is not enough of some of it.',
  request_id: '01a1fcdb-00cc-7833-8903-ac94dfbc87af',
  variant_ids: ['06180263-97a2-8a58-ade9-2f3fd908189d'],
}

/** RFC 9457 as we speak it. Problems may carry more members, each told by its code. */
export const ProblemDocument = Type.Object(
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

/** The response object of a problem, for `schema.response`. */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDocument } },
})
