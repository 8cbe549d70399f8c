import { answer, operationIdOf, problemsOf, refuse, storeResponseAs, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { orderViewOf } from '../order-view.ts'
import { CreateGridOrderBody, GridOrderView } from '../schema.ts'
import type { CreatedOrder, CreateOrder, CreateOrderOutcome } from './create-order.ts'

const answers = {
  'volume-invalid': answer(
    400,
    'The volume must be a whole number of at least 1.',
    'Объём должен быть целым числом не меньше 1.',
  ),
  'address-missing': answer(400, 'The order needs an address.', 'Заказу нужен адрес.'),
  'window-invalid': answer(
    400,
    'The window must begin before it ends.',
    'Интервал доставки должен начинаться раньше, чем кончается.',
  ),
  'id-taken': answer(
    409,
    'An order with this id already exists, with a different address or volume.',
    'Заказ с этим идентификатором уже есть, у него другой адрес или объём.',
  ),
} satisfies Record<ReasonOf<CreateOrderOutcome>, Answer>

const schema = {
  tags: ['dispatch'],
  summary: 'Create an order on the grid, or get the one with this id',
  body: CreateGridOrderBody,
  response: { 201: GridOrderView, ...problemsOf(answers) },
}

const present = ({ order }: CreatedOrder) => orderViewOf(order)

export const createOrderRoute =
  ({ createOrder }: Readonly<{ createOrder: CreateOrder }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.write' }, idempotent: true }
    http.post('/dispatch/orders', { schema, config }, async (request, reply) => {
      const { id = operationIdOf(request), ...body } = request.body
      const outcome = await createOrder({ ...body, id }, storeResponseAs(reply, 201, present))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(201).send(present(outcome))
    })
  }
