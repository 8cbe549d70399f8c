import { Type, type Static } from 'typebox'
import {
  answer,
  userOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type AnyReply,
  type AnyRequest,
  type Caller,
  type Http,
  type Routes,
} from '#platform/http'
import { Address } from '../events.ts'
import { courierExample, pickupExample } from '../examples.ts'
import type { Created } from '../order.ts'
import { OrderView, presentCreated, presentOrder, type ShowOrder } from '../order-view.ts'
import type { Placed, PlaceOrder, Input } from './place-order.ts'

const Id = Type.String({ format: 'uuid' })
const Quantity = Type.Integer({ minimum: 1, maximum: 99 })
const closed = { additionalProperties: false }

const input = {
  items: Type.Optional(
    Type.Array(
      Type.Union([
        Type.Object({ variant_id: Id, quantity: Quantity }, closed),
        Type.Object({ flower_id: Id, quantity: Quantity }, closed),
      ]),
      { minItems: 1, maxItems: 100, description: 'What to order; without it the cart is ordered, and emptied of it.' },
    ),
  ),
  delivery_method: Type.Enum(['pickup', 'courier', 'cdek']),
  payment_method: Type.Optional(Type.Enum(['online', 'cash_on_delivery'], { description: 'online when absent' })),
  delivery_address: Type.Optional(Address),
  recipient_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  recipient_phone: Type.Optional(
    Type.String({ maxLength: 26, pattern: '^\\+?[0-9 ()-]{5,25}$', description: '+7 912 345-67-89' }),
  ),
  comment: Type.Optional(Type.String({ maxLength: 2000 })),
  expected_total: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The sum the customer saw, in minor units.',
    }),
  ),
}
const shown = { ...closed, 'x-examples': { courier: { value: courierExample }, pickup: { value: pickupExample } } }
const Body = Type.Object({ id: Type.Optional(Id), ...input }, shown)
const BodyOfPut = Type.Object(input, shown)
const Params = Type.Object({ id: Id })

const answers = {
  'cart-empty': answer(409, 'The cart is empty.', 'Корзина пуста.'),
  'address-missing': answer(400, 'A courier needs an address.', 'Курьеру нужен адрес.'),
  'method-unavailable': answer(409, 'This delivery method is not offered.', 'Этого способа доставки сейчас нет.'),
  'not-for-sale': answer(409, 'Some of it is not for sale.', 'Часть товаров больше не продаётся.'),
  'out-of-stock': answer(409, 'There is not enough of some of it.', 'Части товаров не хватает.'),
  'price-changed': answer(409, 'The total is different now.', 'Сумма заказа изменилась.'),
  'mixed-currencies': answer(409, 'One order has one currency.', 'В одном заказе может быть только одна валюта.'),
  'order-closed': answer(
    409,
    'Its goods were held under this id before and let go: order anew under another id.',
    'Товары под этим id уже были отложены и отпущены: оформите заказ заново под другим id.',
  ),
  'id-taken': answer(409, 'This id belongs to another order.', 'Этот id занят другим заказом.'),
} satisfies Record<Extract<Placed, { kind: 'refused' }>['reason'], Answer>

type Needs = Readonly<{ placeOrder: PlaceOrder; showOrder: ShowOrder }>

export const placeOrderRoutes =
  ({ placeOrder, showOrder }: Needs): Routes =>
  (http: Http) => {
    const config = { access: 'customer', idempotent: true, limit: 'checkout' } as const
    const response = { 201: OrderView, ...problemsOf(answers) }

    const answerWith = async (request: AnyRequest, reply: AnyReply, input: Input) => {
      const storeResponse = storeResponseAs(reply, 201, (order: Created) => presentCreated(order, request.locale))
      const placed = await placeOrder(input, storeResponse)
      if (placed.kind === 'refused') return refuse(reply, placed, answers)
      reply.code(201)
      if (placed.kind === 'placed') return presentCreated(placed.order, request.locale)
      return presentOrder({ ...(await showOrder(placed.order_id)), locale: request.locale })
    }

    http.post(
      '/orders',
      { schema: { tags: ['ordering'], summary: 'Place an order', body: Body, response }, config },
      async (request, reply) => await answerWith(request, reply, inputOf(request.body, request.caller)),
    )

    const schema = {
      tags: ['ordering'],
      summary: 'Place an order under an id of your own',
      params: Params,
      body: BodyOfPut,
      response,
    }
    http.put('/orders/:id', { schema, config }, async (request, reply) => {
      const asked = { ...request.body, id: request.params.id }
      return await answerWith(request, reply, inputOf(asked, request.caller))
    })
  }

const inputOf = (asked: Static<typeof Body>, caller: Caller): Input => ({
  id: asked.id?.toLowerCase(),
  user_id: userOf(caller).user_id,
  items: asked.items ?? [],
  payment_method: asked.payment_method ?? 'online',
  delivery_method: asked.delivery_method,
  delivery_address: asked.delivery_address ?? null,
  recipient_name: asked.recipient_name ?? null,
  recipient_phone: asked.recipient_phone ?? null,
  comment: asked.comment ?? null,
  expected_total: asked.expected_total,
})
