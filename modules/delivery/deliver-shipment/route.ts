import { Type } from 'typebox'
import {
  answer,
  notFound,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type Caller,
  type Routes,
} from '#platform/http'
import { presentToStaff, ShipmentParams, StaffShipmentView } from '../shipment-view.ts'
import type { Delivered, DeliverOutcome, DeliverShipment } from './deliver-shipment.ts'

const answers = {
  'not-allowed': answer(409, 'This shipment cannot be delivered any more', 'Эту доставку уже нельзя вручить'),
  'code-missing': answer(409, 'Ask the customer for the pickup code', 'Спросите у покупателя код получения'),
  'wrong-code': answer(409, 'This is not the pickup code', 'Код получения не подходит'),
} satisfies Record<Extract<DeliverOutcome, { kind: 'refused' }>['reason'], Answer>

const schema = {
  tags: ['delivery'],
  summary: 'The customer has the parcel; couriers need the code of a pickup, staff may do without',
  params: ShipmentParams,
  body: Type.Object(
    { code: Type.Optional(Type.String({ pattern: '^[0-9]{6}$', maxLength: 6 })) },
    { additionalProperties: false },
  ),
  response: { 200: StaffShipmentView, ...problemsOf(answers) },
}

const isStaff = (caller: Caller) =>
  caller.kind === 'machine' || (caller.kind === 'user' && caller.permissions.includes('delivery.write'))

export const deliverShipmentRoute =
  (deliverShipment: DeliverShipment): Routes =>
  (http) => {
    // Flower shop's clients send no body here.
    const config = { access: { permission: 'delivery.deliver' }, idempotent: true, bodyOptional: true }
    http.post('/delivery/:id/deliver', { schema, config }, async ({ params, body, caller }, reply) => {
      const shown = ({ shipment }: Delivered) => presentToStaff(shipment)
      const hand = { by: isStaff(caller) ? 'staff' : 'courier', code: body.code } as const
      const outcome = await deliverShipment(params.id, hand, storeResponseAs(reply, 200, shown))
      if (outcome.kind === 'unknown') throw notFound('shipment')
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return shown(outcome)
    })
  }
