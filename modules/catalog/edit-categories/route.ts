import { Type } from 'typebox'
import { answer, type Answer, notFound, problemsOf, refuse, rememberAs, type Routes } from '#platform/http'
import { Id, IdParams, Image, orNull, Place, Slug } from '../shapes.ts'
import { TextGiven } from '../text.ts'
import { WholeCategory } from '../whole-shapes.ts'
import type { CategoryOutcome, EditCategories } from './edit-categories.ts'

const answers = {
  'slug-taken': answer(409, 'Another category has this address', 'Этот адрес занят другой категорией'),
  'id-taken': answer(409, 'This id belongs to something else', 'Этот идентификатор занят'),
  'unknown-category': answer(400, 'There is no such parent', 'Такой родительской категории нет'),
  'below-itself': answer(409, 'A category cannot stand below itself', 'Категория не может быть внутри самой себя'),
  'too-deep': answer(409, 'Categories nest eight levels at most', 'Категории вкладываются не глубже восьми уровней'),
  'not-empty': answer(409, 'It still has products or categories', 'В ней ещё есть товары или категории'),
} satisfies Record<Extract<CategoryOutcome, { kind: 'refused' }>['because'], Answer>

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

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const present = (outcome: CategoryOutcome): object => (outcome.kind === 'kept' ? outcome.category : {})

export const editCategoriesRoute =
  ({ create, change, remove }: EditCategories): Routes =>
  (http) => {
    const refusals = problemsOf(answers)
    http.post(
      '/admin/categories',
      {
        schema: { tags, summary: 'Add a category', body: Body, response: { 201: WholeCategory, ...refusals } },
        config: { access, idempotent: true },
      },
      async (request, reply) => {
        const outcome = await create(request.body, rememberAs<CategoryOutcome>(reply, 201, present))
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('category')
        return reply.code(201).send(outcome.category)
      },
    )
    http.patch(
      '/admin/categories/:id',
      {
        schema: {
          tags,
          summary: 'Change or move a category',
          params: IdParams,
          body: Change,
          response: { 200: WholeCategory, ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await change(request.params.id, request.body)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'kept') throw notFound('category')
        return reply.send(outcome.category)
      },
    )
    http.delete(
      '/admin/categories/:id',
      {
        schema: {
          tags,
          summary: 'Delete an empty category',
          params: IdParams,
          response: { 204: Type.Null(), ...refusals },
        },
        config: { access },
      },
      async (request, reply) => {
        const outcome = await remove(request.params.id)
        if (outcome.kind === 'refused') return refuse(reply, answers, outcome)
        if (outcome.kind !== 'removed') throw notFound('category')
        return reply.code(204).send(null)
      },
    )
  }
