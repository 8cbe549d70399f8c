import { Type } from 'typebox'

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
  { title: 'Problem', additionalProperties: true },
)

/** The response object of a problem, for `schema.response`. */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDocument } },
})
