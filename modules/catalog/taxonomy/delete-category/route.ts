import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteCategory, DeleteCategoryOutcome } from './delete-category.ts'

const answers = {
  'not-empty': answer(
    409,
    'The category still has products or categories.',
    'В категории ещё есть товары или другие категории.',
  ),
} satisfies Record<ReasonOf<DeleteCategoryOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Delete an empty category',
  params: IdParams,
  response: { 204: Type.Null(), ...problemsOf(answers) },
}

export const deleteCategoryRoute =
  ({ deleteCategory }: Readonly<{ deleteCategory: DeleteCategory }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/categories/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteCategory(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
