import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { beingCancelled } from '../answers.ts'
import { ChangeShipmentStatusBody, StaffShipmentView, StatusNotAllowedMembers } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { ChangedShipment, ChangeShipmentStatus, ChangeShipmentStatusOutcome } from './change-shipment-status.ts'

const answers = {
  'shipment-status-not-allowed': {
    ...answer(409, 'This status cannot follow the current one.', 'После текущего статуса этот статус недопустим.'),
    members: StatusNotAllowedMembers,
  },
  'shipment-being-cancelled': beingCancelled,
} satisfies Record<ReasonOf<ChangeShipmentStatusOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Set the status of a shipment; a refusal lists the allowed statuses',
  params: IdParams,
  body: ChangeShipmentStatusBody,
  response: { 200: StaffShipmentView, ...problemsOf(answers) },
}

const present = ({ shipment }: ChangedShipment) => staffShipmentViewOf(shipment)

export const changeShipmentStatusRoute =
  ({ changeShipmentStatus }: Readonly<{ changeShipmentStatus: ChangeShipmentStatus }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/admin/shipments/:id/status', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await changeShipmentStatus(params.id, body, storeResponseAs(reply, 200, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return present(outcome)
    })
  }
