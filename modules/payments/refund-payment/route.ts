import { Type } from 'typebox'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type AnyRequest, type Routes } from '#platform/http'
import { newId } from '#platform/values'
import { refundIdOf } from './refund-id.ts'
import type { RefundAnswered, RefundOutcome, RefundPayment } from './refund-payment.ts'

const answers = {
  'not-found': answer(404, 'There is no such payment', 'Такого платежа нет'),
  'not-paid': answer(409, 'This payment has brought no money', 'По этому платежу денег не поступало'),
  'exceeds-captured': answer(409, 'More than is left of this payment', 'Больше, чем осталось от этого платежа'),
  'id-taken': answer(409, 'Another refund has this id', 'У другого возврата такой же номер'),
  'provider-refused': answer(409, 'The bank refuses this refund', 'Банк отказал в возврате'),
} satisfies Record<Extract<RefundOutcome, { kind: 'refused' }>['reason'], Answer>

const Id = Type.String({ format: 'uuid' })
const RefundAnswer = Type.Object(
  {
    id: Id,
    payment_id: Id,
    amount: Type.Integer({ minimum: 0, description: 'Minor units' }),
    currency: Type.String({ minLength: 3, maxLength: 3 }),
    reason: Type.String(),
    status: Type.Union([Type.Literal('requested'), Type.Literal('done')]),
    requested_at: Type.String({ format: 'date-time' }),
  },
  { title: 'Refund' },
)

const schema = {
  tags: ['payments'],
  summary:
    'Gives money back, in whole or in part; 202 when the bank has not answered yet and it will be finished later',
  params: Type.Object({ id: Id }),
  body: Type.Object(
    {
      id: Type.Optional(Id),
      amount: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'Minor units; all that is left when absent',
        }),
      ),
      reason: Type.String({ minLength: 1, maxLength: 500 }),
    },
    { additionalProperties: false },
  ),
  response: { 201: RefundAnswer, 202: RefundAnswer, ...problemsOf(answers) },
}

export const refundPaymentRoute =
  (refundPayment: RefundPayment): Routes =>
  (http) => {
    const config = { access: { permission: 'payments.refund' }, idempotent: true } as const
    http.post('/admin/payments/:id/refund', { schema, config }, async (request, reply) => {
      const payment_id = request.params.id
      const { id = idFor(request, payment_id), amount, reason } = request.body
      const user_id = request.caller.kind === 'user' ? request.caller.user_id : null
      const outcome = await refundPayment(
        { id, payment_id, amount, reason, user_id },
        storeResponseAs(reply, 201, present),
      )
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return reply.code(outcome.kind === 'refunded' ? 201 : 202).send(present(outcome))
    })
  }

function idFor({ caller, headers }: AnyRequest, payment_id: string): string {
  const key = headers['idempotency-key']
  if (typeof key !== 'string') return newId()
  return refundIdOf({ caller: caller.kind === 'user' ? caller.user_id : caller.kind, payment_id, key })
}

const present = ({ kind, refund }: RefundAnswered) => {
  const { id, payment_id, amount, currency, reason, requested_at } = refund
  const status = kind === 'refunded' ? ('done' as const) : ('requested' as const)
  return { id, payment_id, amount, currency, reason, status, requested_at: requested_at.toISOString() }
}
