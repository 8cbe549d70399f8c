import { Type } from 'typebox'
import { answer, type Answer, type Routes } from '#platform/http'
import { Code, orNull, Place } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { Color, Hint, Kind, WholeAttribute } from '../whole-shapes.ts'
import { wordRoutes } from '../word-routes.ts'
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
} satisfies Record<Extract<AttributeOutcome, { kind: 'refused' }>['reason'], Answer>

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

export const editAttributesRoute = (edit: EditAttributes): Routes =>
  wordRoutes({
    path: '/admin/attributes',
    key: { code: Code },
    noun: 'attribute',
    summaries: {
      create: 'Add an attribute',
      change: 'Change an attribute; its kind stays',
      remove: 'Delete an attribute that no type has',
    },
    input: Body,
    change: Change,
    whole: WholeAttribute,
    answers,
    lastsBecause: ['in-use'],
    edit,
    shown: ({ attribute }) => attribute,
  })
