import { Type } from 'typebox'
import type { Caller } from '#platform/access'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { beingCancelled } from '../answers.ts'
import { DeliverShipmentBody, StaffShipmentView, StatusNotAllowedMembers } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { DeliveredShipment, DeliverShipment, DeliverShipmentOutcome } from './deliver-shipment.ts'

const answers = {
  'shipment-status-not-allowed': {
    ...answer(409, 'This shipment can no longer be delivered.', 'Эту посылку уже нельзя вручить.'),
    members: StatusNotAllowedMembers,
  },
  'code-missing': answer(409, 'Ask the customer for the pickup code.', 'Спросите у покупателя код получения.'),
  'no-pickup-code': answer(
    403,
    'The courier who has this parcel delivers it on their own route, with the PIN and the cash of its customer.',
    'Эту посылку вручает на своём маршруте курьер, который её везёт: по PIN-коду покупателя и с полной оплатой.',
  ),
  'shipment-being-cancelled': beingCancelled,
  'wrong-code': {
    ...answer(409, 'The pickup code is wrong.', 'Неверный код получения.'),
    members: { attempts_left: Type.Integer({ minimum: 0, description: 'How many more codes may be tried' }) },
  },
  'code-locked': {
    ...answer(
      429,
      'Too many wrong codes. Try again later, or ask staff to unlock the code.',
      'Слишком много неверных кодов. Попробуйте позже или попросите сотрудника снять блокировку.',
    ),
    members: { retry_after: Type.Integer({ minimum: 1, description: 'Seconds' }) },
  },
} satisfies Record<ReasonOf<DeliverShipmentOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Hand a parcel over to its customer; couriers need its pickup code, staff do not',
  params: IdParams,
  body: DeliverShipmentBody,
  response: { 200: StaffShipmentView, ...problemsOf(answers) },
}

const isStaff = (caller: Caller) =>
  caller.kind === 'machine' || (caller.kind === 'user' && caller.permissions.includes('delivery.write'))

const present = ({ shipment }: DeliveredShipment) => staffShipmentViewOf(shipment)

export const deliverShipmentRoute =
  ({ deliverShipment }: Readonly<{ deliverShipment: DeliverShipment }>): Routes =>
  (http) => {
    // The clients of the flower shop send no body here.
    const config = { access: { permission: 'delivery.deliver' }, idempotent: true, bodyOptional: true }
    http.post('/delivery/:id/deliver', { schema, config }, async ({ params, body, caller }, reply) => {
      const handOver = { by: isStaff(caller) ? 'staff' : 'courier', code: body.code } as const
      const outcome = await deliverShipment(params.id, handOver, storeResponseAs(reply, 200, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return present(outcome)
    })
  }
