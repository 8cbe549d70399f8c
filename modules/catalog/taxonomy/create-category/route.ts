import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { categoryAnswers } from '../answers.ts'
import { AdminCategory, CreateCategoryBody } from '../schema.ts'
import type { CreatedCategory, CreateCategory, CreateCategoryOutcome } from './create-category.ts'

const answers = {
  ...categoryAnswers,
  'id-taken': answer(409, 'Another category has this id.', 'Этот идентификатор занят другой категорией.'),
} satisfies Record<ReasonOf<CreateCategoryOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Add a category',
  body: CreateCategoryBody,
  response: { 201: AdminCategory, ...problemsOf(answers) },
}

const viewOf = ({ category }: CreatedCategory): AdminCategory => category

export const createCategoryRoute =
  ({ createCategory }: Readonly<{ createCategory: CreateCategory }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, idempotent: true }
    http.post('/admin/categories', { schema, config }, async (request, reply) => {
      const outcome = await createCategory(request.body, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
