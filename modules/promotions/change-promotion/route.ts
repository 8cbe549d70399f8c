import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { termsAnswers } from '../answers.ts'
import { promotionViewOf } from '../promotion-view.ts'
import { ChangePromotionBody, PromotionView } from '../schema.ts'
import type { ChangePromotion, ChangePromotionOutcome } from './change-promotion.ts'

const answers = {
  ...termsAnswers,
  'limit-below-uses': answer(
    409,
    'The promotion already has more uses than `max_uses`. Switch it off instead.',
    'Акцией уже воспользовались больше раз, чем `max_uses`. Вместо этого выключите её.',
  ),
} satisfies Record<ReasonOf<ChangePromotionOutcome>, Answer>

const schema = {
  tags: ['promotions'],
  summary: 'Change a promotion, or switch it on or off',
  description: 'Orders keep the discounts that they have.',
  params: IdParams,
  body: ChangePromotionBody,
  response: { 200: PromotionView, ...problemsOf(answers) },
}

export const changePromotionRoute =
  ({ changePromotion }: Readonly<{ changePromotion: ChangePromotion }>): Routes =>
  (http) => {
    const config = { access: { permission: 'promotions.write' } }
    http.patch('/admin/promotions/:id', { schema, config }, async ({ params: { id }, body, caller }, reply) => {
      const outcome = await changePromotion({ id, change: body, user_id: userIdOf(caller) })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : promotionViewOf(outcome.promotion)
    })
  }
