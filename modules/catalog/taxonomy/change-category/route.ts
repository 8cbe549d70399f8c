import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { categoryAnswers } from '../answers.ts'
import { AdminCategory, ChangeCategoryBody } from '../schema.ts'
import type { ChangeCategory, ChangeCategoryOutcome } from './change-category.ts'

const answers = categoryAnswers satisfies Record<ReasonOf<ChangeCategoryOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Change or move a category',
  params: IdParams,
  body: ChangeCategoryBody,
  response: { 200: AdminCategory, ...problemsOf(answers) },
}

export const changeCategoryRoute =
  ({ changeCategory }: Readonly<{ changeCategory: ChangeCategory }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.patch('/admin/categories/:id', { schema, config }, async ({ params, body, locale }, reply) => {
      const outcome = await changeCategory(params.id, body, locale)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : outcome.category
    })
  }
