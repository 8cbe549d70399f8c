import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteReview } from './delete-review.ts'

const schema = {
  tags: ['catalog admin'],
  summary: 'Delete a review',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteReviewRoute =
  ({ deleteReview }: Readonly<{ deleteReview: DeleteReview }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.delete('/admin/reviews/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteReview(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
