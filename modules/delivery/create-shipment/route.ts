import {
  answer,
  notFoundAnswer,
  operationIdOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type Routes,
} from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id, Nullable } from '#platform/schema'
import { Address } from '#ordering/events'
import { CreateShipmentBody, DeliveryMethod, StaffShipmentView } from '../schema.ts'
import { staffShipmentViewOf } from '../shipment-view.ts'
import type { CreateShipment, CreateShipmentOutcome } from './create-shipment.ts'
import type { CreatedShipment } from './save-shipment.ts'

const answers = {
  'no-carrier': answer(
    409,
    'The shop does not offer this delivery method yet.',
    'Таким способом мы пока не доставляем.',
  ),
  'address-missing': answer(400, 'A courier needs an address.', 'Курьеру нужен адрес.'),
  'order-not-paid': answer(
    409,
    'The order is neither paid nor accepted for cash on delivery.',
    'Заказ ещё не оплачен и не принят к оплате при получении.',
  ),
  'shipment-exists': {
    ...answer(
      409,
      'The order already has a shipment with another method or address.',
      'У заказа уже есть доставка другим способом или по другому адресу.',
    ),
    members: { shipment_id: Id, method: DeliveryMethod, delivery_address: Nullable(Address) },
  },
  'order-closed': answer(
    409,
    'The order is closed, or its shipment is cancelled.',
    'Заказ закрыт или его доставка отменена.',
  ),
} satisfies Record<ReasonOf<CreateShipmentOutcome>, Answer>

const schema = {
  tags: ['delivery'],
  summary: 'Create the shipment of an order, or get its existing one',
  body: CreateShipmentBody,
  response: { 201: StaffShipmentView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
}

const present = ({ shipment }: CreatedShipment) => staffShipmentViewOf(shipment)

export const createShipmentRoute =
  ({ createShipment }: Readonly<{ createShipment: CreateShipment }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' }, idempotent: true }
    http.post('/delivery/create', { schema, config }, async (request, reply) => {
      const input = { ...request.body, operation_id: operationIdOf(request) }
      const outcome = await createShipment(input, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
