import { Type } from 'typebox'
import { answer, notFound, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { statuses } from '../order.ts'
import type { ChangeStatus, Changing } from './change-status.ts'

const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Status = Type.Enum([...statuses])
const body = Type.Object({ status: Status }, { additionalProperties: false })
const Changed = Type.Object({ id: Type.String({ format: 'uuid' }), status: Status, cancelling: Type.Boolean() })

const answers = {
  'move-not-allowed': answer(
    409,
    'The order does not go there; `allowed` says where it may.',
    'Так нельзя; `allowed` перечисляет, куда можно.',
  ),
} satisfies Record<Extract<Changing, { kind: 'refused' }>['reason'], Answer>

export const changeStatusRoute =
  (changeStatus: ChangeStatus): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Take an order on by hand',
      params,
      body,
      response: { 200: Changed, ...problemsOf(answers) },
    }
    http.patch(
      '/admin/orders/:id/status',
      { schema, config: { access: { permission: 'orders.write' } } },
      async (request, reply) => {
        const outcome = await changeStatus(request.params.id, request.body.status)
        if (outcome.kind === 'unknown') throw notFound('order')
        if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
        const { kind: _, ...changed } = outcome
        return changed
      },
    )
  }
