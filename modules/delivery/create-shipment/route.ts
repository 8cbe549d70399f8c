import { answer, notFoundAnswer, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { CreateShipmentBody, StaffShipmentView } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { CreateShipment, CreateShipmentOutcome } from './create-shipment.ts'
import type { CreatedShipment } from './save-shipment.ts'

const answers = {
  'no-carrier': answer(409, 'The shop has no carrier for this method yet.', 'Таким способом мы пока не доставляем.'),
  'address-missing': answer(400, 'A courier needs an address.', 'Курьеру нужен адрес.'),
  'order-closed': answer(
    409,
    'The order is closed, or its shipment is cancelled.',
    'Заказ закрыт, или его доставка отменена.',
  ),
} satisfies Record<ReasonOf<CreateShipmentOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Create the shipment of an order, or get the one that it has',
  body: CreateShipmentBody,
  response: { 201: StaffShipmentView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

const present = ({ shipment }: CreatedShipment) => staffShipmentViewOf(shipment)

export const createShipmentRoute =
  ({ createShipment }: Readonly<{ createShipment: CreateShipment }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/delivery/create', { schema, config }, async ({ body }, reply) => {
      const outcome = await createShipment(body, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
