import { Type } from 'typebox'
import { answer, type Answer, type Routes } from '#platform/http'
import { Code } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeType } from '../whole-shapes.ts'
import { wordRoutes } from '../word-routes.ts'
import type { EditTypes, TypeOutcome } from './edit-types.ts'

const answers = {
  'code-taken': answer(409, 'There is a type of this code', 'Тип с таким кодом уже есть'),
  'plural-taken': answer(409, 'Another type has this plural', 'Такое множественное число у другого типа'),
  'plural-reserved': answer(409, 'This word stands for something else in addresses', 'Это слово в адресах занято'),
  'unknown-attribute': answer(400, 'There is no such attribute', 'Такого свойства нет'),
  'in-use': answer(409, 'There are products of this type', 'Есть товары этого типа'),
} satisfies Record<Extract<TypeOutcome, { kind: 'refused' }>['reason'], Answer>

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

export const editTypesRoute = (edit: EditTypes): Routes =>
  wordRoutes({
    path: '/admin/types',
    key: { code: Code },
    noun: 'type of product',
    summaries: {
      create: 'Add a type of product',
      change: 'Change a type of product',
      remove: 'Delete a type without products',
    },
    input: Body,
    change: Change,
    whole: WholeType,
    answers,
    lastsBecause: ['in-use'],
    edit,
    shown: ({ type }) => type,
  })
