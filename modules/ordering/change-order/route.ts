import { userIdOf } from '#platform/access'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { goodsAnswers } from '../answers.ts'
import { ChangeOrderBody } from '../request-schema.ts'
import { OrderEdited } from '../schema.ts'
import type { ChangeOrder, ChangeOrderOutcome } from './change-order.ts'

const answers = {
  ...goodsAnswers,
  'order-not-editable': answer(
    409,
    'Only an order that waits for its online payment can be edited.',
    'Изменить можно только заказ, который ожидает онлайн-оплаты.',
  ),
  'order-changed': answer(
    409,
    'The order was edited meanwhile. Read it again.',
    'Заказ за это время изменили. Прочитайте его заново.',
  ),
  'address-not-used': answer(
    400,
    'Only an order by courier has an address to change. Leave out `delivery_address`.',
    'Адрес меняют только у заказа с курьером. Уберите `delivery_address`.',
  ),
  'contact-of-account': answer(
    400,
    'The buyer has an account with its own contact. Leave out `contact`.',
    'У покупателя есть учётная запись со своим контактом. Уберите `contact`.',
  ),
} satisfies Record<ReasonOf<ChangeOrderOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Edit an order that waits for its online payment',
  description:
    'What is absent stays. The price is decided again when `items` or the address change: pieces that the order has keep their price. A new total has a new payment; money of the old one is refunded. The buyer gets an e-mail.',
  params: IdParams,
  body: ChangeOrderBody,
  response: { 200: OrderEdited, ...problemsOf(answers) },
}

export const changeOrderRoute =
  ({ changeOrder }: Readonly<{ changeOrder: ChangeOrder }>): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.write' }, idempotent: true }
    http.patch('/admin/orders/:id', { schema, config }, async (request, reply) => {
      const { revision, expected_total, ...changes } = request.body
      const user_id = userIdOf(request.caller)
      const outcome = await changeOrder(
        { order_id: request.params.id, user_id, changes, revision, expected_total },
        storeResponseAs(reply, 200, ({ kind: _, ...edited }) => edited),
      )
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { kind: _, ...edited } = outcome
      return edited
    })
  }
