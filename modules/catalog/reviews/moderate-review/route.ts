import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminReview, ModerateReviewBody } from '../schema.ts'
import { adminReviewViewOf } from '../view.ts'
import type { ModerateReview, ModerateReviewOutcome } from './moderate-review.ts'

const answers = {
  'changed-meanwhile': {
    ...answer(
      409,
      'The author has changed the review since you read it. Read it again.',
      'Автор изменил отзыв после того, как вы его прочитали. Прочитайте его ещё раз.',
    ),
    members: { version: Type.Integer() },
  },
} satisfies Record<ReasonOf<ModerateReviewOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Publish, reject or hide a review',
  params: IdParams,
  body: ModerateReviewBody,
  response: { 200: AdminReview, ...problemsOf(answers) },
}

export const moderateReviewRoute =
  ({ moderateReview }: Readonly<{ moderateReview: ModerateReview }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.put('/admin/reviews/:id/status', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await moderateReview(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return adminReviewViewOf(outcome.review)
    })
  }
