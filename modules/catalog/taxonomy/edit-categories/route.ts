import { answer, type Answer, type Routes } from '#platform/http'
import type { ReasonOf } from '#platform/outcome'
import { Id } from '#platform/schema'
import { AdminCategory, ChangeCategoryInput, CreateCategoryInput } from '../schema.ts'
import { termRoutes } from '../terms/route.ts'
import type {
  changeCategory,
  createCategory,
  removeCategory,
  RemoveCategoryOutcome,
  SaveCategoryOutcome,
} from './edit-categories.ts'

const saveAnswers = {
  'slug-taken': answer(409, 'Another category has this address', 'Этот адрес занят другой категорией'),
  'id-taken': answer(409, 'Another category has this id', 'Этот идентификатор у другой категории'),
  'unknown-category': answer(400, 'There is no such parent', 'Такой родительской категории нет'),
  'below-itself': answer(409, 'A category cannot stand below itself', 'Категория не может быть внутри самой себя'),
  'too-deep': answer(409, 'Categories nest eight levels at most', 'Категории вкладываются не глубже восьми уровней'),
} satisfies Record<ReasonOf<SaveCategoryOutcome>, Answer>

const removeAnswers = {
  'not-empty': answer(409, 'It still has products or categories', 'В ней ещё есть товары или категории'),
} satisfies Record<ReasonOf<RemoveCategoryOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createCategory>
  change: ReturnType<typeof changeCategory>
  remove: ReturnType<typeof removeCategory>
}>

export const editCategoriesRoutes = (slices: Slices): Routes =>
  termRoutes({
    path: '/admin/categories',
    key: { id: Id },
    summaries: {
      create: 'Add a category',
      change: 'Change or move a category',
      remove: 'Delete an empty category',
    },
    createInput: CreateCategoryInput,
    changeInput: ChangeCategoryInput,
    view: AdminCategory,
    answers: { save: saveAnswers, remove: removeAnswers },
    ...slices,
  })
