import { Type } from 'typebox'
import { answer, type Answer, type Routes } from '#platform/http'
import { Id, Image, orNull, Place, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeCategory } from '../whole-shapes.ts'
import { wordRoutes } from '../word-routes.ts'
import type { CategoryOutcome, EditCategories } from './edit-categories.ts'

const answers = {
  'slug-taken': answer(409, 'Another category has this address', 'Этот адрес занят другой категорией'),
  'id-taken': answer(409, 'This id belongs to something else', 'Этот идентификатор занят'),
  'unknown-category': answer(400, 'There is no such parent', 'Такой родительской категории нет'),
  'below-itself': answer(409, 'A category cannot stand below itself', 'Категория не может быть внутри самой себя'),
  'too-deep': answer(409, 'Categories nest eight levels at most', 'Категории вкладываются не глубже восьми уровней'),
  'not-empty': answer(409, 'It still has products or categories', 'В ней ещё есть товары или категории'),
} satisfies Record<Extract<CategoryOutcome, { kind: 'refused' }>['reason'], Answer>

const fields = {
  parent_id: Type.Optional(orNull(Id)),
  slug: Type.Optional(Slug),
  description: Type.Optional(TextGiven(5000)),
  image: Type.Optional(orNull(Image)),
  position: Type.Optional(Place),
}
const Body = Type.Object({ id: Type.Optional(Id), name: TextGiven(200), ...fields }, { additionalProperties: false })
const Change = Type.Object(
  { name: Type.Optional(TextGiven(200)), ...fields },
  { additionalProperties: false, minProperties: 1 },
)

export const editCategoriesRoute = (edit: EditCategories): Routes =>
  wordRoutes({
    path: '/admin/categories',
    key: { id: Id },
    noun: 'category',
    summaries: {
      create: 'Add a category',
      change: 'Change or move a category',
      remove: 'Delete an empty category',
    },
    input: Body,
    change: Change,
    whole: WholeCategory,
    answers,
    lastsBecause: ['not-empty'],
    edit,
    shown: ({ category }) => category,
  })
