import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { MyReview, WriteReviewBody } from '../schema.ts'
import { myReviewViewOf } from '../view.ts'
import type { WriteReview, WriteReviewOutcome } from './write-review.ts'

const answers = {
  'not-received': answer(
    409,
    'Only buyers who have received the product may review it.',
    'Отзыв может оставить только покупатель, который получил этот товар.',
  ),
} satisfies Record<ReasonOf<WriteReviewOutcome>, Answer>

const schema = {
  tags: ['catalog'],
  summary: 'Write or change your review of a product that you have received; staff read it before it is published',
  params: IdParams,
  body: WriteReviewBody,
  response: { 200: MyReview, ...problemsOf(answers) },
}

export const writeReviewRoute =
  ({ writeReview }: Readonly<{ writeReview: WriteReview }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.put('/catalog/products/:id/my-review', { schema, config }, async ({ caller, params, body }, reply) => {
      const { user_id } = userOf(caller)
      const outcome = await writeReview({ user_id, product_id: params.id.toLowerCase(), body })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : myReviewViewOf(outcome.review)
    })
  }
