import { Type } from 'typebox'
import { answer, notFound, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { presentToStaff, ShipmentParams, StaffShipmentView, StatusName } from '../shipment-view.ts'
import type { MoveOutcome, MoveShipment } from './move-shipment.ts'

const answers = {
  'not-allowed': answer(409, 'The shipment cannot go there from where it is', 'Из этого состояния туда нельзя'),
} satisfies Record<Extract<MoveOutcome, { kind: 'refused' }>['reason'], Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Says how far a parcel has come; a move that is not allowed answers with those that are',
  params: ShipmentParams,
  body: Type.Object(
    {
      status: StatusName,
      reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
      tracking_number: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    },
    { additionalProperties: false },
  ),
  response: { 200: StaffShipmentView, ...problemsOf(answers) },
}

export const moveShipmentRoute =
  (moveShipment: MoveShipment): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.post('/admin/shipments/:id/status', { schema, config }, async ({ params, body }, reply) => {
      const outcome = await moveShipment(params.id, body)
      if (outcome.kind === 'unknown') throw notFound('shipment')
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return presentToStaff(outcome.shipment)
    })
  }
