import { userOf } from '#platform/access'
import { answer, notFoundAnswer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import type { PaymentViewOf } from '../payment-view.ts'
import { PaymentView, ProcessPaymentBody } from '../schema.ts'
import type { ProcessedPayment, ProcessPayment, ProcessPaymentOutcome } from './process-payment.ts'

const answers = {
  'not-payable': answer(409, 'This order can no longer be paid.', 'Этот заказ уже нельзя оплатить.'),
  'other-method': answer(409, 'The order has another payment method.', 'Для этого заказа выбран другой способ оплаты.'),
  'payment-not-ready': answer(
    503,
    'The payment of this order starts in a moment. Try again in a second.',
    'Оплата этого заказа вот-вот начнётся. Попробуйте ещё раз через секунду.',
  ),
  'provider-unavailable': answer(
    503,
    'The bank does not answer. Try again in a few seconds.',
    'Банк не отвечает. Попробуйте ещё раз через несколько секунд.',
  ),
} satisfies Record<ReasonOf<ProcessPaymentOutcome>, Answer>

const schema = {
  tags: ['payments'],
  summary: 'Pay for your order: start a payment, or get the open or completed one',
  body: ProcessPaymentBody,
  response: { 200: PaymentView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

type Needs = Readonly<{ processPayment: ProcessPayment; paymentViewOf: PaymentViewOf }>

export const processPaymentRoute =
  ({ processPayment, paymentViewOf }: Needs): Routes =>
  (http) => {
    const config = { access: 'user', idempotent: true, limit: 'checkout' } as const
    const present = ({ payment }: ProcessedPayment) => paymentViewOf(payment)
    http.post('/payments/process', { schema, config }, async (request, reply) => {
      const { order_id, method } = request.body
      const { user_id } = userOf(request.caller)
      const input = { subject_id: order_id, user_id, client_address: request.ip, method }
      const outcome = await processPayment(input, storeResponseAs(reply, 200, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return present(outcome)
    })
  }
