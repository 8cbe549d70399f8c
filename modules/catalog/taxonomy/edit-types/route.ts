import { answer, type Answer, type Routes } from '#platform/http'
import type { ReasonOf } from '#platform/outcome'
import { Code } from '../../schema.ts'
import { AdminProductType, ChangeProductTypeInput, CreateProductTypeInput } from '../schema.ts'
import { termRoutes } from '../terms/route.ts'
import type { changeType, createType, removeType, RemoveTypeOutcome, SaveTypeOutcome } from './edit-types.ts'

const saveAnswers = {
  'code-taken': answer(409, 'Another type has this code', 'Тип с таким кодом уже есть'),
  'plural-taken': answer(409, 'Another type has this plural', 'Такое множественное число у другого типа'),
  'plural-reserved': answer(409, 'The API uses this word for another address', 'Этот адрес в API занят'),
  'unknown-attribute': answer(400, 'There is no such attribute', 'Такого свойства нет'),
} satisfies Record<ReasonOf<SaveTypeOutcome>, Answer>

const removeAnswers = {
  'in-use': answer(409, 'Products of this type exist', 'Есть товары этого типа'),
} satisfies Record<ReasonOf<RemoveTypeOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createType>
  change: ReturnType<typeof changeType>
  remove: ReturnType<typeof removeType>
}>

export const editTypesRoutes = (slices: Slices): Routes =>
  termRoutes({
    path: '/admin/types',
    key: { code: Code },
    summaries: {
      create: 'Add a type of product',
      change: 'Change a type of product',
      remove: 'Delete a type without products',
    },
    createInput: CreateProductTypeInput,
    changeInput: ChangeProductTypeInput,
    view: AdminProductType,
    answers: { save: saveAnswers, remove: removeAnswers },
    ...slices,
  })
