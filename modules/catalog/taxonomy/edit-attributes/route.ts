import { answer, type Answer, type Routes } from '#platform/http'
import type { ReasonOf } from '#platform/outcome'
import { Code } from '../../schema.ts'
import { AdminAttribute, ChangeAttributeInput, CreateAttributeInput } from '../schema.ts'
import { termRoutes } from '../terms/route.ts'
import type {
  changeAttribute,
  createAttribute,
  removeAttribute,
  RemoveAttributeOutcome,
  SaveAttributeOutcome,
} from './edit-attributes.ts'

const removeAnswers = {
  'in-use': answer(409, 'Products or types use it', 'Его используют товары или типы'),
} satisfies Record<ReasonOf<RemoveAttributeOutcome>, Answer>

const saveAnswers = {
  ...removeAnswers,
  'code-taken': answer(409, 'Another attribute has this code', 'Свойство с таким кодом уже есть'),
  'values-missing': answer(400, 'An enum needs a list of values', 'Укажите возможные значения'),
  'values-only-for-enums': answer(
    400,
    'Only enum and multi_enum have a list of values',
    'Список значений есть только у enum и multi_enum',
  ),
  'value-twice': answer(400, 'The list names a value twice', 'Значение названо дважды'),
} satisfies Record<ReasonOf<SaveAttributeOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createAttribute>
  change: ReturnType<typeof changeAttribute>
  remove: ReturnType<typeof removeAttribute>
}>

export const editAttributesRoutes = (slices: Slices): Routes =>
  termRoutes({
    path: '/admin/attributes',
    key: { code: Code },
    summaries: {
      create: 'Add an attribute',
      change: 'Change an attribute; its kind stays',
      remove: 'Delete an attribute that no type has',
    },
    createInput: CreateAttributeInput,
    changeInput: ChangeAttributeInput,
    view: AdminAttribute,
    answers: { save: saveAnswers, remove: removeAnswers },
    ...slices,
  })
