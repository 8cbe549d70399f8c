import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type AnyRequest, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { MyReview, WriteReviewBody } from '../schema.ts'
import { myReviewViewOf } from '../view.ts'
import type { DeleteMyReview, ShowMyReview, WriteReview, WriteReviewOutcome } from './write-review.ts'

const answers = {
  'not-received': answer(
    409,
    'Only buyers who have received the product may review it.',
    'Отзыв может оставить только покупатель, который получил этот товар.',
  ),
} satisfies Record<ReasonOf<WriteReviewOutcome>, Answer>

const tags = ['catalog']
const config = { access: 'user' } as const
const params = IdParams
const path = '/catalog/products/:id/my-review'

const writeSchema = {
  tags,
  summary: 'Write or change your review of a product that you have received; staff read it before it is published',
  params,
  body: WriteReviewBody,
  response: { 200: MyReview, ...problemsOf(answers) },
}
const showSchema = { tags, summary: 'Show your review of a product', params, response: { 200: MyReview } }
const deleteSchema = { tags, summary: 'Delete your review of a product', params, response: { 204: Type.Null() } }

const ofCaller = ({ caller, params }: AnyRequest) => ({
  user_id: userOf(caller).user_id,
  product_id: (params as { id: string }).id.toLowerCase(),
})

type Slices = Readonly<{ writeReview: WriteReview; showMyReview: ShowMyReview; deleteMyReview: DeleteMyReview }>

export const writeReviewRoutes =
  ({ writeReview, showMyReview, deleteMyReview }: Slices): Routes =>
  (http) => {
    http.put(path, { schema: writeSchema, config }, async (request, reply) => {
      const outcome = await writeReview({ ...ofCaller(request), body: request.body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return myReviewViewOf(outcome.review)
    })
    http.get(path, { schema: showSchema, config }, async (request, reply) => {
      const outcome = await showMyReview(ofCaller(request))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return myReviewViewOf(outcome.review)
    })
    http.delete(path, { schema: deleteSchema, config }, async (request, reply) => {
      const outcome = await deleteMyReview(ofCaller(request))
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
