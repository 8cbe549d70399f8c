import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, rememberAs, type Routes } from '#platform/http'
import { Code, orNull, Place } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { Color, Hint, Kind, WholeAttribute } from '../whole-shapes.ts'
import type { AttributeOutcome, EditAttributes } from './edit-attributes.ts'

const answers = {
  'code-taken': answer(409, 'There is an attribute of this code', 'Свойство с таким кодом уже есть'),
  'values-missing': answer(400, 'Say which values it may have', 'Укажите возможные значения'),
  'values-only-for-enums': answer(
    400,
    'Only enum and multi_enum have a list of values',
    'Список значений есть только у enum и multi_enum',
  ),
  'value-twice': answer(400, 'A value is named twice', 'Значение названо дважды'),
  'in-use': answer(409, 'Products or types use it', 'Его используют товары или типы'),
} satisfies Record<Extract<AttributeOutcome, { kind: 'refused' }>['because'], Answer>

const Value = Type.Object(
  {
    code: Type.String({ maxLength: 60, pattern: '^[a-z0-9][a-z0-9_-]{0,59}$' }),
    name: TextGiven(100),
    color: Type.Optional(Color),
  },
  { additionalProperties: false },
)
const fields = {
  unit: Type.Optional(orNull(TextGiven(30))),
  ui_hint: Type.Optional(Hint),
  is_filter: Type.Optional(Type.Boolean()),
  position: Type.Optional(Place),
  values: Type.Optional(Type.Array(Value, { maxItems: 200 })),
}
const Body = Type.Object({ code: Code, name: TextGiven(100), kind: Kind, ...fields }, { additionalProperties: false })
const Change = Type.Object(
  { name: Type.Optional(TextGiven(100)), ...fields },
  { additionalProperties: false, minProperties: 1 },
)
const Params = Type.Object({ code: Code })

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const present = (outcome: AttributeOutcome): object => (outcome.kind === 'kept' ? outcome.attribute : {})
const spelled = ({ attribute }: Extract<AttributeOutcome, { kind: 'kept' }>) => ({
  ...attribute,
  values: [...attribute.values],
})

export const editAttributesRoute =
  ({ create, change, remove }: EditAttributes): Routes =>
  (http) => {
    const refusals = problemsOf(answers)
    http.post(
      '/admin/attributes',
      {
        schema: { tags, summary: 'Add an attribute', body: Body, response: { 201: WholeAttribute, ...refusals } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, rememberAs<AttributeOutcome>(reply, 201, present))
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('attribute')
        return reply.code(201).send(spelled(outcome))
      },
    )
    http.patch(
      '/admin/attributes/:code',
      {
        schema: {
          tags,
          summary: 'Change an attribute; its kind stays',
          params: Params,
          body: Change,
          response: { 200: WholeAttribute, ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await change(request.params.code, request.body)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('attribute')
        return reply.send(spelled(outcome))
      },
    )
    http.delete(
      '/admin/attributes/:code',
      {
        schema: {
          tags,
          summary: 'Delete an attribute that no type has',
          params: Params,
          response: { 204: Type.Null(), ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.code)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'removed') throw notFound('attribute')
        return reply.code(204).send(null)
      },
    )
  }
