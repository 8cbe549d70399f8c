import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, rememberAs, type Routes } from '#platform/http'
import { Code } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeType } from '../whole-shapes.ts'
import type { EditTypes, TypeOutcome } from './edit-types.ts'

const answers = {
  'code-taken': answer(409, 'There is a type of this code', 'Тип с таким кодом уже есть'),
  'plural-taken': answer(409, 'Another type has this plural', 'Такое множественное число у другого типа'),
  'plural-reserved': answer(409, 'This word stands for something else in addresses', 'Это слово в адресах занято'),
  'unknown-attribute': answer(400, 'There is no such attribute', 'Такого свойства нет'),
  'in-use': answer(409, 'There are products of this type', 'Есть товары этого типа'),
} satisfies Record<Extract<TypeOutcome, { kind: 'refused' }>['because'], Answer>

const PluralWord = Type.String({ minLength: 1, maxLength: 60, pattern: '^[a-z][a-z0-9_-]*$' })
const Codes = Type.Optional(Type.Array(Code, { maxItems: 60 }))
const Body = Type.Object(
  { code: Code, plural: PluralWord, name: TextGiven(100), attributes: Codes },
  { additionalProperties: false },
)
const Change = Type.Object(
  { plural: Type.Optional(PluralWord), name: Type.Optional(TextGiven(100)), attributes: Codes },
  { additionalProperties: false, minProperties: 1 },
)
const Params = Type.Object({ code: Code })

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const present = (outcome: TypeOutcome): object => (outcome.kind === 'kept' ? outcome.type : {})
const spelled = ({ type }: Extract<TypeOutcome, { kind: 'kept' }>) => ({ ...type, attributes: [...type.attributes] })

export const editTypesRoute =
  ({ create, change, remove }: EditTypes): Routes =>
  (http) => {
    const refusals = problemsOf(answers)
    http.post(
      '/admin/types',
      {
        schema: { tags, summary: 'Add a type of product', body: Body, response: { 201: WholeType, ...refusals } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, rememberAs<TypeOutcome>(reply, 201, present))
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('type of product')
        return reply.code(201).send(spelled(outcome))
      },
    )
    http.patch(
      '/admin/types/:code',
      {
        schema: {
          tags,
          summary: 'Change a type of product',
          params: Params,
          body: Change,
          response: { 200: WholeType, ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await change(request.params.code, request.body)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('type of product')
        return reply.send(spelled(outcome))
      },
    )
    http.delete(
      '/admin/types/:code',
      {
        schema: {
          tags,
          summary: 'Delete a type without products',
          params: Params,
          response: { 204: Type.Null(), ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.code)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'removed') throw notFound('type of product')
        return reply.code(204).send(null)
      },
    )
  }
