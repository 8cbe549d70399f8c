import { Type } from 'typebox'
import { Address } from '#ordering/events'
import { answer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { newId } from '#platform/values'
import { MethodName, presentToStaff, StaffShipmentView } from '../shipment-view.ts'
import type { KeptShipment } from '../shipments.ts'
import type { CreateByHand, CreatingByHand } from './create-by-hand.ts'

const answers = {
  'no-carrier': answer(409, 'Nobody delivers this way yet', 'Таким способом пока не доставляем'),
  'address-missing': answer(409, 'A courier needs an address', 'Курьеру нужен адрес'),
  'not-due': answer(
    409,
    'The order is over or has called its shipment off',
    'Заказ завершён или отозвал свою доставку',
  ),
  'unknown-order': answer(404, 'There is no such order', 'Такого заказа нет'),
} satisfies Record<Extract<CreatingByHand, { kind: 'refused' }>['reason'], Answer>

const body = Type.Object(
  {
    order_id: Type.String({ format: 'uuid' }),
    method: Type.Optional(
      Type.Enum(MethodName.enum, { description: 'courier with an address, pickup without, when absent' }),
    ),
    delivery_address: Type.Optional(Address),
  },
  { additionalProperties: false },
)

const schema = {
  tags: ['delivery'],
  summary: 'Makes the shipment of an order, or answers the one it has',
  body,
  response: { 201: StaffShipmentView, ...problemsOf(answers) },
}

const unknownYet = {
  order_number: null,
  user_id: null,
  recipient_name: null,
  recipient_phone: null,
  comment: null,
  weight_grams: null,
  cash_to_collect: null,
  currency: null,
}

export const createShipmentRoute =
  (createByHand: CreateByHand): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/delivery/create', { schema, config }, async ({ body }, reply) => {
      const { order_id, delivery_address = null } = body
      const method = body.method ?? (delivery_address === null ? 'pickup' : 'courier')
      const shown = ({ shipment }: { shipment: KeptShipment }) => presentToStaff(shipment)
      const owed = { ...unknownYet, id: newId(), order_id, method, delivery_address }
      const outcome = await createByHand(owed, storeResponseAs(reply, 201, shown))
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return reply.code(201).send(shown(outcome))
    })
  }
