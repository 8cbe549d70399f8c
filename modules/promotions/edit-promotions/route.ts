import { Type } from 'typebox'
import { userIdOf } from '#platform/access'
import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { promotionViewOf } from '../promotion-view.ts'
import { ChangePromotionBody, CreatePromotionBody, PromotionView } from '../schema.ts'
import type {
  ChangePromotion,
  ChangePromotionOutcome,
  CreatePromotion,
  CreatePromotionOutcome,
  DeletePromotion,
  DeletePromotionOutcome,
  SavedPromotion,
} from './edit-promotions.ts'

const termsAnswers = {
  'wrong-benefit': answer(
    400,
    'A percentage needs `percent`, a fixed amount needs `amount`; no other promotion has them.',
    'Для процентной скидки укажите `percent`, для фиксированной — `amount`, для других акций — ни того ни другого.',
  ),
  'ends-before-it-starts': answer(
    400,
    'A promotion must start before it ends. Change `starts_at` or `ends_at`.',
    'Акция должна начинаться раньше, чем заканчивается. Измените `starts_at` или `ends_at`.',
  ),
  'first-order-counts-once': answer(
    400,
    'A promotion for first orders needs `max_uses_per_buyer` 1.',
    'У акции на первый заказ `max_uses_per_buyer` должен быть равен 1.',
  ),
  'code-taken': answer(409, 'Another promotion has this code.', 'Этот код занят другой акцией.'),
}

const createAnswers = {
  ...termsAnswers,
  'id-taken': answer(409, 'Another promotion has this id.', 'Этот идентификатор занят другой акцией.'),
} satisfies Record<ReasonOf<CreatePromotionOutcome>, Answer>

const changeAnswers = {
  ...termsAnswers,
  'limit-below-uses': answer(
    409,
    'The promotion already has more uses than `max_uses`. Switch it off instead.',
    'Акцией уже воспользовались больше раз, чем `max_uses`. Вместо этого выключите её.',
  ),
} satisfies Record<ReasonOf<ChangePromotionOutcome>, Answer>

const deleteAnswers = {
  'has-uses': answer(
    409,
    'Orders have used the promotion. Switch it off instead.',
    'Акцией уже воспользовались. Вместо удаления выключите её.',
  ),
} satisfies Record<ReasonOf<DeletePromotionOutcome>, Answer>

const tags = ['promotions']
const access = { permission: 'promotions.write' }
const params = IdParams

const createSchema = {
  tags,
  summary: 'Add a promotion or a coupon',
  description: 'Without `code`, the promotion applies to every order that meets its conditions.',
  body: CreatePromotionBody,
  response: { 201: PromotionView, ...problemsOf(createAnswers) },
}
const changeSchema = {
  tags,
  summary: 'Change a promotion, or switch it on or off',
  description: 'Orders keep the discounts that they have.',
  params,
  body: ChangePromotionBody,
  response: { 200: PromotionView, ...problemsOf(changeAnswers) },
}
const deleteSchema = {
  tags,
  summary: 'Delete a promotion that no order has used',
  params,
  response: { 204: Type.Null(), ...problemsOf(deleteAnswers) },
}

const present = ({ promotion }: SavedPromotion) => promotionViewOf(promotion)

type Slices = Readonly<{
  createPromotion: CreatePromotion
  changePromotion: ChangePromotion
  deletePromotion: DeletePromotion
}>

export const editPromotionsRoutes =
  ({ createPromotion, changePromotion, deletePromotion }: Slices): Routes =>
  (http) => {
    const creating = { schema: createSchema, config: { access, idempotent: true } }
    http.post('/admin/promotions', creating, async (request, reply) => {
      const { body, caller } = request
      const input = { body, operation_id: operationIdOf(request), user_id: userIdOf(caller) }
      const outcome = await createPromotion(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, createAnswers)
      return reply.code(201).send(present(outcome))
    })
    const changing = { schema: changeSchema, config: { access } }
    http.patch('/admin/promotions/:id', changing, async ({ params: { id }, body, caller }, reply) => {
      const outcome = await changePromotion({ id, change: body, user_id: userIdOf(caller) })
      if (isRefusal(outcome)) return refuse(reply, outcome, changeAnswers)
      return present(outcome)
    })
    const deleting = { schema: deleteSchema, config: { access } }
    http.delete('/admin/promotions/:id', deleting, async ({ params: { id } }, reply) => {
      const outcome = await deletePromotion(id)
      if (isRefusal(outcome)) return refuse(reply, outcome, deleteAnswers)
      return reply.code(204).send(null)
    })
  }
