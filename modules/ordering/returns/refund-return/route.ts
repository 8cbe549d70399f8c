import {
  answer,
  leaveKeyOpen,
  operationIdOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type Routes,
} from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Amount, IdParams } from '#platform/schema'
import { returnAnswers } from '../answers.ts'
import { adminReturnViewOf } from '../return-view.ts'
import { AdminReturnView, RefundReturnBody } from '../schema.ts'
import type { AcceptedRefund, RefundReturn, RefundReturnOutcome } from './refund-return.ts'

const answers = {
  ...returnAnswers,
  'refund-refused': answer(
    409,
    'Payments refused this refund: `refund_refused_reason` of the return says why. Refund again with another Idempotency-Key.',
    'В этом возврате денег отказано: причина в `refund_refused_reason`. Повторите его с другим Idempotency-Key.',
  ),
  'exceeds-refundable': {
    ...answer(
      409,
      'The sum is more than was paid for the pieces that came back.',
      'Сумма больше, чем было заплачено за возвращённые товары.',
    ),
    members: { refundable_amount: Amount },
  },
} satisfies Record<ReasonOf<RefundReturnOutcome>, Answer>

const schema = {
  tags: ['ordering'],
  summary: 'Refund a return that was received, in whole or in part, by the payment of its order',
  description:
    'The return is `refunding` until payments answers. A request with the same sum before that sends the same refund to payments again, in case it was lost: it is paid once. After a refusal the return is `received` again; a request refunds it again, but not with the Idempotency-Key of the refused one.',
  params: IdParams,
  body: RefundReturnBody,
  response: { 202: AdminReturnView, ...problemsOf(answers) },
}

export const refundReturnRoute =
  ({ refundReturn }: Readonly<{ refundReturn: RefundReturn }>): Routes =>
  (http) => {
    const config = { access: { permission: 'payments.refund' }, idempotent: true, bodyOptional: true }
    http.post('/admin/order-returns/:id/refund', { schema, config }, async (request, reply) => {
      const { params, body, locale } = request
      const viewOf = (accepted: AcceptedRefund) => adminReturnViewOf(accepted.return, locale)
      const input = { refund_id: operationIdOf(request), return_id: params.id, amount: body.amount }
      const outcome = await refundReturn(input, storeResponseAs(reply, 202, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      if (outcome.return.status !== 'refunded') leaveKeyOpen(reply)
      return reply.code(202).send(viewOf(outcome))
    })
  }
