import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteMyReview } from './delete-my-review.ts'

const schema = {
  tags: ['catalog'],
  summary: 'Delete your review of a product',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteMyReviewRoute =
  ({ deleteMyReview }: Readonly<{ deleteMyReview: DeleteMyReview }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.delete('/catalog/products/:id/my-review', { schema, config }, async ({ caller, params }, reply) => {
      const { user_id } = userOf(caller)
      const outcome = await deleteMyReview({ user_id, product_id: params.id.toLowerCase() })
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
