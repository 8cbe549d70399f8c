import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { MyReview } from '../schema.ts'
import { myReviewViewOf } from '../view.ts'
import type { ShowMyReview } from './query.ts'

const schema = {
  tags: ['catalog'],
  summary: 'Show your review of a product',
  params: IdParams,
  response: { 200: MyReview },
}

export const showMyReviewRoute =
  ({ showMyReview }: Readonly<{ showMyReview: ShowMyReview }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.get('/catalog/products/:id/my-review', { schema, config }, async ({ caller, params }, reply) => {
      const { user_id } = userOf(caller)
      const outcome = await showMyReview({ user_id, product_id: params.id.toLowerCase() })
      return isRefusal(outcome) ? refuse(reply, outcome) : myReviewViewOf(outcome.review)
    })
  }
