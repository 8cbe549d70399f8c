import { Type } from 'typebox'
import { answer, notFound, userOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { statuses } from '../order.ts'
import type { Cancelled, Cancelling, CancelOrder } from './cancel-order.ts'

const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Accepted = Type.Object({
  id: Type.String({ format: 'uuid' }),
  status: Type.Enum([...statuses]),
  cancelling: Type.Boolean({
    description: 'Money and shipment are on their way back; follow the order to see it end.',
  }),
})

const answers = {
  'too-late-to-cancel': answer(
    409,
    'The parcel is on its way or the order is over: ask for a return instead.',
    'Посылка уже в пути или заказ завершён: оформите возврат.',
  ),
} satisfies Record<Extract<Cancelling, { kind: 'refused' }>['reason'], Answer>

const present = ({ kind: _, ...accepted }: Cancelled) => accepted

export const cancelOrderRoute =
  (cancelOrder: CancelOrder): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Cancel an order of mine',
      params,
      response: { 200: Accepted, ...problemsOf(answers) },
    }
    http.post(
      '/orders/:id/cancel',
      { schema, config: { access: 'customer', idempotent: true } },
      async (request, reply) => {
        const { user_id } = userOf(request.caller)
        const outcome = await cancelOrder(request.params.id, user_id, storeResponseAs(reply, 200, present))
        if (outcome.kind === 'unknown') throw notFound('order')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        return present(outcome)
      },
    )
  }
