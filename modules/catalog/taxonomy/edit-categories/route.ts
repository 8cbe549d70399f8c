import { Type } from 'typebox'
import { answer, type Answer, problemsOf, refuse, storeResponseAs, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminCategory, ChangeCategoryBody, CreateCategoryBody } from '../schema.ts'
import type {
  changeCategory,
  createCategory,
  deleteCategory,
  DeleteCategoryOutcome,
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
} satisfies Record<ReasonOf<DeleteCategoryOutcome>, Answer>

type Slices = Readonly<{
  create: ReturnType<typeof createCategory>
  change: ReturnType<typeof changeCategory>
  remove: ReturnType<typeof deleteCategory>
}>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = IdParams

export const editCategoriesRoutes =
  ({ create, change, remove }: Slices): Routes =>
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
        const outcome = await create(request.body, storeResponseAs<SaveCategoryOutcome>(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.code(201).send(outcome.category)
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
        const outcome = await change(request.params.id, request.body)
        if (isRefusal(outcome)) return refuse(reply, outcome, saveAnswers)
        return reply.send(outcome.category)
      },
    )
    http.delete(
      '/admin/categories/:id',
      {
        schema: {
          tags,
          summary: 'Delete an empty category',
          params,
          response: { 204: Type.Null(), ...problemsOf(removeAnswers) },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.id)
        if (isRefusal(outcome)) return refuse(reply, outcome, removeAnswers)
        return reply.code(204).send(null)
      },
    )
  }

const present = (outcome: SaveCategoryOutcome): object => (outcome.kind === 'saved' ? outcome.category : {})
