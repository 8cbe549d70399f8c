import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { CancellationAccepted, CancelOrderBody } from '../schema.ts'
import type { Accepted, CancelOrder, CancelOrderOutcome } from './cancel-order.ts'

const answers = {
  'too-late-to-cancel': answer(
    409,
    'The parcel is on its way, or the order has ended. Ask for a return instead.',
    'Посылка уже в пути, или заказ завершён. Оформите возврат.',
  ),
} satisfies Record<ReasonOf<CancelOrderOutcome>, Answer>

const viewOf = ({ kind: _, ...accepted }: Accepted) => accepted

export const cancelOrderRoute =
  ({ cancelOrder }: Readonly<{ cancelOrder: CancelOrder }>): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Cancel your order',
      params: IdParams,
      body: CancelOrderBody,
      response: { 200: CancellationAccepted, ...problemsOf(answers) },
    }
    http.post(
      '/orders/:id/cancel',
      { schema, config: { access: 'user', idempotent: true, bodyOptional: true } },
      async (request, reply) => {
        const { user_id } = userOf(request.caller)
        const input = { order_id: request.params.id, user_id, reason: request.body.reason }
        const outcome = await cancelOrder(input, storeResponseAs(reply, 200, viewOf))
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        return viewOf(outcome)
      },
    )
  }
