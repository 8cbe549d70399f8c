import { Type } from 'typebox'
import {
  answer,
  operationIdOf,
  problemsOf,
  refuse,
  storeResponseAs,
  type Answer,
  type AnyReply,
  type AnyRequest,
  type Routes,
} from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { Id, IdParams, Nullable, OneOf } from '#platform/schema'
import { couponAnswers } from '#promotions/answers'
import { couponReasons } from '#promotions/api'
import { goodsAnswers } from '../answers.ts'
import { countedBy } from '../open-orders.ts'
import type { OrderLinks } from '../order-links.ts'
import { asFound, orderViewOf, type PayUrlOf, type ShowOrder } from '../order-view.ts'
import type { CreatedOrder } from '../order.ts'
import { PlaceOrderBody, PlaceOrderHeaders, PlaceOrderWithIdBody } from '../request-schema.ts'
import { OrderView } from '../schema.ts'
import type { PlaceOrderInput } from './load-request.ts'
import type { PlaceOrder, PlaceOrderOutcome } from './place-order.ts'

const answers = {
  'cart-empty': answer(
    409,
    'The cart is empty. Add something to it, or send `items`.',
    'Корзина пуста. Добавьте в неё товары или передайте `items`.',
  ),
  'contact-missing': answer(
    400,
    'A guest needs an e-mail or a phone. Send `contact`, or sign in.',
    'Без входа нужна почта или телефон. Передайте `contact` или войдите.',
  ),
  'address-missing': answer(
    400,
    'A courier needs an address. Send `delivery_address`.',
    'Курьеру нужен адрес. Укажите `delivery_address`.',
  ),
  'method-unavailable': answer(
    409,
    'This delivery or payment method is not available. Choose another one.',
    'Этот способ доставки или оплаты сейчас недоступен. Выберите другой.',
  ),
  'no-pickup-point': answer(
    409,
    'The shop has no open pickup point. Choose another delivery method.',
    'У магазина нет открытого пункта выдачи. Выберите другой способ доставки.',
  ),
  'pickup-point-missing': answer(
    400,
    'There are several pickup points. Send `pickup_point_id`.',
    'Пунктов выдачи несколько. Укажите `pickup_point_id`.',
  ),
  'pickup-point-unavailable': answer(
    409,
    'This pickup point does not exist or is closed. Choose another one.',
    'Такого пункта выдачи нет или он закрыт. Выберите другой.',
  ),
  'pickup-point-not-used': answer(
    400,
    'Only a pickup order has a pickup point. Leave out `pickup_point_id`.',
    'Пункт выдачи указывают только для самовывоза. Уберите `pickup_point_id`.',
  ),
  ...goodsAnswers,
  ...couponAnswers,
  'coupon-not-applicable': {
    ...answer(409, 'The coupon gives no discount on this order.', 'Купон не даёт скидки на этот заказ.'),
    members: { coupon_reason: OneOf(couponReasons, { description: 'Why the coupon gives no discount.' }) },
  },
  'order-closed': answer(
    409,
    'The goods for this id were held before and have been released. Place a new order with another id.',
    'Товары под этим id уже резервировались, и резерв снят. Оформите заказ заново под другим id.',
  ),
  'id-taken': answer(
    409,
    'This id belongs to another order. Choose another id.',
    'Этот id занят другим заказом. Выберите другой.',
  ),
  'too-many-open-orders': {
    ...answer(
      409,
      'There are too many unpaid orders. Pay or cancel one of them. Unless `counted_by` is `account`, another payment method may still work.',
      'Слишком много неоплаченных заказов. Оплатите или отмените один из них. Если `counted_by` не `account`, может подойти другой способ оплаты.',
    ),
    members: {
      counted_by: OneOf(countedBy, { description: 'What the counted orders have in common.' }),
      maximum: Nullable(
        Type.Integer({
          description: 'The limit. Null, like the next field, unless the orders of your account are counted.',
        }),
      ),
      open: Nullable(Type.Integer({ description: 'How many are open now.' })),
    },
  },
  'too-many-unpaid-pieces': {
    ...answer(
      409,
      'Your unpaid orders may have `maximum` pieces of this variant, alone or in bundles. Order fewer and pay, then order the rest.',
      'В ваших неоплаченных заказах может быть `maximum` штук этого товара, отдельно или в наборах. Закажите меньше и оплатите, затем закажите остальное.',
    ),
    members: {
      variant_id: Id,
      maximum: Type.Integer({ description: 'The limit of pieces of the variant.' }),
      open: Type.Integer({ description: 'How many of them your unpaid orders have now.' }),
    },
  },
} satisfies Record<ReasonOf<PlaceOrderOutcome>, Answer>

type Needs = Readonly<{
  placeOrder: PlaceOrder
  showOrder: ShowOrder
  payUrlOf: PayUrlOf
  orderLinks: OrderLinks
  guestOrders: boolean
}>

export const placeOrderRoutes =
  ({ placeOrder, showOrder, payUrlOf, orderLinks, guestOrders }: Needs): Routes =>
  (http) => {
    const access = guestOrders ? 'anyone' : 'user'
    const config = { access, idempotent: true, limit: 'checkout' } as const
    const response = { 201: OrderView, ...problemsOf(answers) }

    const placeAndAnswer = async (request: AnyRequest, reply: AnyReply, body: PlaceOrderBody) => {
      const presentation = { locale: request.locale, payUrlOf, orderLinks }
      const viewOf = (order: CreatedOrder) => orderViewOf(asFound(order), presentation)
      const outcome = await placeOrder(inputOf(body, request), storeResponseAs(reply, 201, viewOf))
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      if (outcome.kind === 'placed') return reply.code(201).send(viewOf(outcome.order))
      const found = await showOrder(outcome.order_id)
      if (isRefusal(found)) return refuse(reply, found)
      return reply.code(201).send(orderViewOf(found, presentation))
    }

    http.post(
      '/orders',
      {
        schema: {
          tags: ['ordering'],
          summary: 'Place an order',
          headers: PlaceOrderHeaders,
          body: PlaceOrderBody,
          response,
        },
        config,
      },
      async (request, reply) => await placeAndAnswer(request, reply, request.body),
    )

    const schema = {
      tags: ['ordering'],
      summary: 'Place an order with an id that you choose',
      params: IdParams,
      headers: PlaceOrderHeaders,
      body: PlaceOrderWithIdBody,
      response,
    }
    http.put('/orders/:id', { schema, config }, async (request, reply) => {
      return await placeAndAnswer(request, reply, { ...request.body, id: request.params.id })
    })
  }

const inputOf = (body: PlaceOrderBody, request: AnyRequest): PlaceOrderInput => {
  const { caller } = request
  const cart_token = request.headers['x-cart-token']
  return {
    request: {
      buyer: caller.kind === 'user' ? { user_id: caller.user_id } : { contact: body.contact },
      items: body.items ?? [],
      payment_method: body.payment_method ?? 'online',
      delivery_method: body.delivery_method,
      pickup_point_id: body.pickup_point_id?.toLowerCase() ?? null,
      delivery_address: body.delivery_address ?? null,
      recipient_name: body.recipient_name ?? null,
      recipient_phone: body.recipient_phone ?? null,
      comment: body.comment ?? null,
      coupon: body.coupon,
      expected_total: body.expected_total,
    },
    attempt: {
      id: body.id?.toLowerCase(),
      operation_id: operationIdOf(request),
      email: caller.kind === 'user' ? caller.email : undefined,
      is_verified: caller.kind === 'user' && caller.is_verified === true,
      locale: request.locale,
      client_address: request.ip,
      cart_token: typeof cart_token === 'string' ? cart_token : undefined,
    },
  }
}
