import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { orderViewOf } from '../order-view.ts'
import { GridOrderView } from '../schema.ts'
import type { CancelOrder, CancelOrderOutcome } from './cancel-order.ts'

const answers = {
  'already-completed': answer(409, 'The order has already been delivered.', 'Заказ уже доставлен.'),
} satisfies Record<ReasonOf<CancelOrderOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Cancel an order on the grid',
  params: IdParams,
  body: NoBody,
  response: { 200: GridOrderView, ...problemsOf(answers) },
}

export const cancelOrderRoute =
  ({ cancelOrder }: Readonly<{ cancelOrder: CancelOrder }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, repeat: 'returns the cancelled order' }
    http.post('/dispatch/orders/:id/cancel', { schema, config }, async ({ params }, reply) => {
      const outcome = await cancelOrder({ id: params.id, reason: 'staff' })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return orderViewOf(outcome.order)
    })
  }
