import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { ChangeStatusBody, OrderStatus, StatusChanged } from '../schema.ts'
import type { ChangeStatus, ChangeStatusOutcome } from './change-status.ts'

const answers = {
  'order-status-not-allowed': {
    ...answer(
      409,
      'The order cannot change to this status. `allowed` lists the possible statuses.',
      'Заказ нельзя перевести в этот статус. Допустимые статусы перечислены в `allowed`.',
    ),
    members: { allowed: Type.Array(OrderStatus) },
  },
} satisfies Record<ReasonOf<ChangeStatusOutcome>, Answer>

export const changeStatusRoutes =
  ({ changeStatus }: Readonly<{ changeStatus: ChangeStatus }>): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Change the status of an order by hand',
      params: IdParams,
      body: ChangeStatusBody,
      response: { 200: StatusChanged, ...problemsOf(answers) },
    }
    const ofPrograms = { ...schema, summary: 'Change the status of an order for another program' }
    for (const [path, described, access] of [
      ['/admin/orders/:id/status', schema, { permission: 'orders.write' }],
      ['/internal/orders/:id/status', ofPrograms, 'machine'],
    ] as const)
      http.patch(path, { schema: described, config: { access } }, async (request, reply) => {
        const { status: to, reason } = request.body
        const outcome = await changeStatus({ order_id: request.params.id, to, reason })
        if (isRefusal(outcome)) return refuse(reply, outcome, answers)
        const { kind: _, ...changed } = outcome
        return changed
      })
  }
