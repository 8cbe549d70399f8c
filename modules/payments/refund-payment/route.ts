import { userIdOf } from '#platform/access'
import {
  answer,
  leaveKeyOpen,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type AnyRequest,
  type Routes,
} from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Amount, IdParams } from '#platform/schema'
import { newId } from '#platform/values'
import { refundViewOf } from '../refund-view.ts'
import { RefundPaymentBody, RefundView } from '../schema.ts'
import { refundIdOf } from './refund-id.ts'
import type { AcceptedRefund, RefundPayment, RefundPaymentOutcome } from './refund-payment.ts'

const answers = {
  'not-paid': answer(
    409,
    'This payment is not completed, so there is nothing to refund.',
    'Этот платёж не завершён: возвращать нечего.',
  ),
  'exceeds-captured': {
    ...answer(
      409,
      'The amount is more than the payment has left to refund.',
      'Сумма больше, чем осталось вернуть по этому платежу.',
    ),
    members: { refundable_amount: Amount },
  },
  'id-taken': answer(409, 'Another refund has this id.', 'Этот id занят другим возвратом.'),
  'provider-refused': answer(409, 'The bank refused the refund.', 'Банк отказал в возврате.'),
  'return-awaits-refund': answer(
    409,
    'A return of this order waits for its refund: refund it there. `besides_return` refunds more than that.',
    'Возврат товара из этого заказа ждёт возврата денег: делайте его у самого возврата товара. `besides_return` возвращает деньги сверх этого.',
  ),
} satisfies Record<ReasonOf<RefundPaymentOutcome>, Answer>

const schema = {
  tags: ['payments'],
  summary: 'Refund a payment in full or in part; 202 while the bank has not confirmed it',
  description:
    'A full refund also cancels the order, unless its parcel is under way or delivered. After 202 a repeat with the same Idempotency-Key says what has become of the refund, and refunds nothing more.',
  params: IdParams,
  body: RefundPaymentBody,
  response: { 201: RefundView, 202: RefundView, ...problemsOf(answers) },
}

export const refundPaymentRoute =
  ({ refundPayment }: Readonly<{ refundPayment: RefundPayment }>): Routes =>
  (http) => {
    const config = { access: { permission: 'payments.refund' }, idempotent: true } as const
    http.post('/admin/payments/:id/refund', { schema, config }, async (request, reply) => {
      const payment_id = request.params.id
      const { id = refundIdFor(request, payment_id), amount, reason, besides_return } = request.body
      const user_id = userIdOf(request.caller)
      const input = { id, payment_id, amount, reason, user_id, besides_return }
      const outcome = await refundPayment(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      if (outcome.kind === 'refunded') return reply.code(201).send(present(outcome))
      leaveKeyOpen(reply)
      return reply.code(202).send(present(outcome))
    })
  }

function refundIdFor({ caller, headers }: AnyRequest, payment_id: string): string {
  const key = headers['idempotency-key']
  if (typeof key !== 'string') return newId()
  return refundIdOf({ caller: caller.kind === 'user' ? caller.user_id : caller.kind, payment_id, key })
}

const present = ({ kind, refund }: AcceptedRefund) => refundViewOf(refund, kind === 'refunded' ? 'done' : 'requested')
