import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { reviewAnswers } from '../answers.ts'
import { AdminReview, ChangeReviewBody } from '../schema.ts'
import { adminReviewViewOf } from '../view.ts'
import type { ChangeReview, ChangeReviewOutcome } from './change-review.ts'

const answers = {
  ...reviewAnswers,
  'review-of-a-buyer': answer(
    409,
    'A buyer wrote this review. Publish or reject it instead.',
    'Этот отзыв написал покупатель. Его можно только опубликовать или отклонить.',
  ),
} satisfies Record<ReasonOf<ChangeReviewOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Correct a review from another platform',
  params: IdParams,
  body: ChangeReviewBody,
  response: { 200: AdminReview, ...problemsOf(answers) },
}

export const changeReviewRoute =
  ({ changeReview }: Readonly<{ changeReview: ChangeReview }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.patch('/admin/reviews/:id', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeReview(params.id, body)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : adminReviewViewOf(outcome.review)
    })
  }
