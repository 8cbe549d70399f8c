import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { reviewAnswers } from '../answers.ts'
import { AdminReview, CreateReviewBody } from '../schema.ts'
import { adminReviewViewOf } from '../view.ts'
import type { CreatedReview, CreateReview, CreateReviewOutcome } from './create-review.ts'

const answers = {
  ...reviewAnswers,
  'id-taken': answer(409, 'Another review has this id.', 'Этот идентификатор занят другим отзывом.'),
} satisfies Record<ReasonOf<CreateReviewOutcome>, Answer>

const schema = {
  tags: ['catalog admin'],
  summary: 'Add a review from another platform',
  body: CreateReviewBody,
  response: { 201: AdminReview, ...problemsOf(answers) },
}

const viewOf = ({ review }: CreatedReview) => adminReviewViewOf(review)

export const createReviewRoute =
  ({ createReview }: Readonly<{ createReview: CreateReview }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' }, idempotent: true }
    http.post('/admin/reviews', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createReview(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
