import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminCategory, ChangeCategoryBody, CreateCategoryBody } from '../schema.ts'
import {
  maxDepth,
  type ChangeCategory,
  type CreateCategory,
  type DeleteCategory,
  type DeleteCategoryOutcome,
  type SaveCategoryOutcome,
  type SavedCategory,
} from './edit-categories.ts'

const saveAnswers = {
  'slug-taken': answer(409, 'Another category has this `slug`.', 'Такой `slug` уже есть у другой категории.'),
  'id-taken': answer(409, 'Another category has this id.', 'Этот идентификатор занят другой категорией.'),
  'unknown-category': answer(400, 'There is no such parent category.', 'Такой родительской категории нет.'),
  'below-itself': answer(409, 'A category cannot be inside itself.', 'Категория не может быть внутри самой себя.'),
  'too-deep': answer(
    409,
    `Categories nest at most ${maxDepth} levels deep.`,
    `Глубина вложения категорий — не больше ${maxDepth}.`,
  ),
} satisfies Record<ReasonOf<SaveCategoryOutcome>, Answer>

const deleteAnswers = {
  'not-empty': answer(
    409,
    'The category still has products or categories.',
    'В категории ещё есть товары или другие категории.',
  ),
} satisfies Record<ReasonOf<DeleteCategoryOutcome>, Answer>

type Slices = Readonly<{
  createCategory: CreateCategory
  changeCategory: ChangeCategory
  deleteCategory: DeleteCategory
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = IdParams

export const editCategoriesRoutes =
  ({ createCategory, changeCategory, deleteCategory }: Slices): Routes =>
  (http) => {
    const problems = problemsOf(saveAnswers)
    http.post(
      '/admin/categories',
      {
        schema: {
          tags,
          summary: 'Add a category',
          body: CreateCategoryBody,
          response: { 201: AdminCategory, ...problems },
        },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await createCategory(request.body, storeResponseAs(reply, 201, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(viewOf(outcome))
      },
    )
    http.patch(
      '/admin/categories/:id',
      {
        schema: {
          tags,
          summary: 'Change or move a category',
          params,
          body: ChangeCategoryBody,
          response: { 200: AdminCategory, ...problems },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await changeCategory(request.params.id, request.body, request.locale)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return outcome.category
      },
    )
    http.delete(
      '/admin/categories/:id',
      {
        schema: {
          tags,
          summary: 'Delete an empty category',
          params,
          response: { 204: Type.Null(), ...problemsOf(deleteAnswers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await deleteCategory(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome, deleteAnswers)
        return reply.code(204).send(null)
      },
    )
  }

const viewOf = ({ category }: SavedCategory): AdminCategory => category
