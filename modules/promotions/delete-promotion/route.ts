import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeletePromotion, DeletePromotionOutcome } from './delete-promotion.ts'

const answers = {
  'has-uses': answer(
    409,
    'Orders have used the promotion. Switch it off instead.',
    'Акцией уже воспользовались. Вместо удаления выключите её.',
  ),
} satisfies Record<ReasonOf<DeletePromotionOutcome>, Answer>

const schema = {
  tags: ['promotions'],
  summary: 'Delete a promotion that no order has used',
  params: IdParams,
  response: { 204: Type.Null(), ...problemsOf(answers) },
}

export const deletePromotionRoute =
  ({ deletePromotion }: Readonly<{ deletePromotion: DeletePromotion }>): Routes =>
  (http) => {
    const config = { access: { permission: 'promotions.write' } }
    http.delete('/admin/promotions/:id', { schema, config }, async ({ params: { id } }, reply) => {
      const outcome = await deletePromotion(id)
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
