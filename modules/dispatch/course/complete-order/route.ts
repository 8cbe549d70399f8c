import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id, NoBody } from '#platform/schema'
import { orderViewOf } from '../order-view.ts'
import { GridOrderView } from '../schema.ts'
import type { CompleteOrder, CompleteOrderOutcome } from './complete-order.ts'

const answers = {
  'not-assigned': answer(409, 'The order is not assigned to a courier.', 'Заказ не назначен курьеру.'),
  'order-not-carried': answer(409, 'This courier does not carry the order.', 'Этот курьер не везёт заказ.'),
  'too-far': answer(409, 'The courier is more than one cell away.', 'Курьер дальше одной клетки от адреса.'),
} satisfies Record<ReasonOf<CompleteOrderOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Report that a courier of the grid has delivered an order',
  params: Type.Object({ id: Id, order_id: Id }),
  body: NoBody,
  response: { 200: GridOrderView, ...problemsOf(answers) },
}

export const completeOrderRoute =
  ({ completeOrder }: Readonly<{ completeOrder: CompleteOrder }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, repeat: 'returns the completed order' }
    http.post('/dispatch/couriers/:id/orders/:order_id/complete', { schema, config }, async ({ params }, reply) => {
      const outcome = await completeOrder({ courier_id: params.id, order_id: params.order_id })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return orderViewOf(outcome.order)
    })
  }
