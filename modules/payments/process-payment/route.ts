import { Type } from 'typebox'
import { answer, userOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { PaymentAnswer, presentPayment } from '../payment-answer.ts'
import { processExample } from '../examples.ts'
import type { InProcess, Processed, ProcessPayment } from './process-payment.ts'

const answers = {
  'not-found': answer(
    404,
    'Nothing is due for this order, or it is not yours',
    'За этот заказ нечего платить, или он не ваш',
  ),
  'not-due': answer(409, 'This is no longer to be paid', 'Это уже не нужно оплачивать'),
  'other-method': answer(409, 'This is to be paid another way', 'Для этого выбран другой способ оплаты'),
  'provider-unavailable': answer(
    503,
    'The bank does not answer, try again soon',
    'Банк не отвечает, попробуйте чуть позже',
  ),
} satisfies Record<Extract<Processed, { kind: 'refused' }>['reason'], Answer>

const schema = {
  tags: ['payments'],
  summary: 'Starts or repeats payment of what is due; an open payment is answered as it is',
  body: Type.Object(
    {
      order_id: Type.String({ format: 'uuid' }),
      method: Type.Optional(Type.Union([Type.Literal('online'), Type.Literal('cash_on_delivery')])),
    },
    { additionalProperties: false, examples: [processExample] },
  ),
  response: { 200: PaymentAnswer, ...problemsOf(answers) },
}

const present = ({ payment }: InProcess) => presentPayment(payment)

export const processPaymentRoute =
  (processPayment: ProcessPayment): Routes =>
  (http) => {
    const config = { access: 'customer', idempotent: true, limit: 'checkout' } as const
    http.post('/payments/process', { schema, config }, async (request, reply) => {
      const { order_id, method } = request.body
      const { user_id } = userOf(request.caller)
      const processed = await processPayment(
        { subject_id: order_id, user_id, method },
        storeResponseAs(reply, 200, present),
      )
      if (processed.kind === 'refused') {
        if (processed.reason === 'provider-unavailable') reply.header('retry-after', '5')
        return refuse(reply, processed, answers)
      }
      return present(processed)
    })
  }
