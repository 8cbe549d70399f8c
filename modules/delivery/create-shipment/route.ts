import { answer, notFoundAnswer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { newId } from '#platform/values'
import { CreateShipmentBody, StaffShipmentView } from '../schema.ts'
import { staffViewOf } from '../shipment-view.ts'
import type { Shipment } from '../store.ts'
import type { CreateShipment, CreateShipmentOutcome } from './create-shipment.ts'

const answers = {
  'no-carrier': answer(409, 'The shop has no carrier for this method yet', 'Таким способом пока не доставляем'),
  'address-missing': answer(409, 'A courier needs an address', 'Курьеру нужен адрес'),
  'order-closed': answer(409, 'The order is closed or cancelled its shipment', 'Заказ закрыт или отменил доставку'),
} satisfies Record<ReasonOf<CreateShipmentOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Creates the shipment of an order, or answers with the one it has',
  body: CreateShipmentBody,
  response: { 201: StaffShipmentView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

/** The order completes these facts when it requests the shipment. */
const notKnownYet = {
  order_number: null,
  user_id: null,
  recipient_name: null,
  recipient_phone: null,
  comment: null,
  weight_grams: null,
  cash_to_collect: null,
  currency: null,
}

const present = ({ shipment }: { shipment: Shipment }) => staffViewOf(shipment)

export const createShipmentRoute =
  (createShipment: CreateShipment): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/delivery/create', { schema, config }, async ({ body }, reply) => {
      const { order_id, delivery_address = null } = body
      const method = body.method ?? (delivery_address === null ? 'pickup' : 'courier')
      const request = { ...notKnownYet, id: newId(), order_id, method, delivery_address }
      const outcome = await createShipment(request, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
