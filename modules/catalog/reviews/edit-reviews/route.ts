import { Type } from 'typebox'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { AdminReview, ChangeReviewBody, CreateReviewBody } from '../schema.ts'
import { adminReviewViewOf } from '../view.ts'
import type {
  ChangeReview,
  ChangeReviewOutcome,
  CreateReview,
  CreateReviewOutcome,
  DeleteReview,
  SavedReview,
} from './edit-reviews.ts'

const wrongAnswers = {
  'platform-reserved': answer(
    409,
    'Only buyers write reviews of the platform "shop".',
    'Отзывы платформы «shop» пишут только покупатели.',
  ),
  'review-taken': answer(
    409,
    'Another review of this platform has this external_id.',
    'У другого отзыва этой платформы такой же external_id.',
  ),
  'unknown-product': answer(409, 'There is no such product.', 'Такого товара нет.'),
} as const

const createAnswers = {
  ...wrongAnswers,
  'id-taken': answer(409, 'Another review has this id.', 'Этот идентификатор занят другим отзывом.'),
} satisfies Record<ReasonOf<CreateReviewOutcome>, Answer>

const changeAnswers = {
  ...wrongAnswers,
  'review-of-a-buyer': answer(
    409,
    'A buyer wrote this review. Publish or reject it instead.',
    'Этот отзыв написал покупатель. Его можно только опубликовать или отклонить.',
  ),
} satisfies Record<ReasonOf<ChangeReviewOutcome>, Answer>

const tags = ['catalog admin']
const access = { permission: 'catalog.write' }
const params = IdParams
const present = ({ review }: SavedReview) => adminReviewViewOf(review)

const createSchema = {
  tags,
  summary: 'Add a review from another platform',
  body: CreateReviewBody,
  response: { 201: AdminReview, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Correct a review from another platform',
  params,
  body: ChangeReviewBody,
  response: { 200: AdminReview, ...problemsOf(changeAnswers) },
}
const deleteSchema = { tags, summary: 'Delete a review', params, response: { 204: Type.Null() } }

type Slices = Readonly<{ createReview: CreateReview; changeReview: ChangeReview; deleteReview: DeleteReview }>

export const editReviewsRoutes =
  ({ createReview, changeReview, deleteReview }: Slices): Routes =>
  (http) => {
    http.post(
      '/admin/reviews',
      { schema: createSchema, config: { access, idempotent: true } },
      async (request, reply) => {
        const input = { ...request.body, operation_id: operationIdOf(request) }
        const outcome = await createReview(input, storeResponseAs(reply, 201, present))
        if (isRefusal(outcome)) return refuse(reply, outcome, createAnswers)
        return reply.code(201).send(present(outcome))
      },
    )
    http.patch('/admin/reviews/:id', { schema: changeSchema, config: { access } }, async ({ params, body }, reply) => {
      const outcome = await changeReview(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, changeAnswers)
      return present(outcome)
    })
    http.delete('/admin/reviews/:id', { schema: deleteSchema, config: { access } }, async ({ params }, reply) => {
      const outcome = await deleteReview(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
