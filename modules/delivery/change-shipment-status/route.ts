import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { ChangeShipmentStatusBody, NotAllowedMembers, StaffShipmentView } from '../schema.ts'
import { staffViewOf } from '../shipment-view.ts'
import type { ChangeShipmentStatus, ChangeShipmentStatusOutcome } from './change-shipment-status.ts'

const answers = {
  'not-allowed': {
    ...answer(409, 'This status cannot follow the present one', 'Из этого состояния туда нельзя'),
    members: NotAllowedMembers,
  },
} satisfies Record<ReasonOf<ChangeShipmentStatusOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Sets the status of a shipment; a refusal lists the allowed statuses',
  params: IdParams,
  body: ChangeShipmentStatusBody,
  response: { 200: StaffShipmentView, ...problemsOf(answers) },
}

export const changeShipmentStatusRoute =
  (changeShipmentStatus: ChangeShipmentStatus): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.post('/admin/shipments/:id/status', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeShipmentStatus(params.id, body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return staffViewOf(outcome.shipment)
    })
  }
