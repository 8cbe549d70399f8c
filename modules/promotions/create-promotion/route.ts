import { userIdOf } from '#platform/access'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { termsAnswers } from '../answers.ts'
import { promotionViewOf } from '../promotion-view.ts'
import { CreatePromotionBody, PromotionView } from '../schema.ts'
import type { CreatedPromotion, CreatePromotion, CreatePromotionOutcome } from './create-promotion.ts'

const answers = {
  ...termsAnswers,
  'id-taken': answer(409, 'Another promotion has this id.', 'Этот идентификатор занят другой акцией.'),
} satisfies Record<ReasonOf<CreatePromotionOutcome>, Answer>

const schema = {
  tags: ['promotions'],
  summary: 'Add a promotion or a coupon',
  description: 'Without `code`, the promotion applies to every order that meets its conditions.',
  body: CreatePromotionBody,
  response: { 201: PromotionView, ...problemsOf(answers) },
}

const viewOf = ({ promotion }: CreatedPromotion) => promotionViewOf(promotion)

export const createPromotionRoute =
  ({ createPromotion }: Readonly<{ createPromotion: CreatePromotion }>): Routes =>
  (http) => {
    const config = { access: { permission: 'promotions.write' }, idempotent: true }
    http.post('/admin/promotions', { schema, config }, async (request, reply) => {
      const { body, caller } = request
      const input = { body, operation_id: operationIdOf(request), user_id: userIdOf(caller) }
      const outcome = await createPromotion(input, storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(viewOf(outcome))
    })
  }
