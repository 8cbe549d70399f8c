import { Type } from 'typebox'
import { answer, type Answer } from '#platform/http'
import { Amount, Currency, Id } from '#platform/schema'

/** Why goods cannot be had, or not at this price: the answers of placing an order and of editing one. */
export const goodsAnswers = {
  'address-not-served': answer(
    409,
    'Couriers do not deliver to this address. Choose another delivery method.',
    'По этому адресу курьеры не доставляют. Выберите другой способ доставки.',
  ),
  'below-delivery-minimum': {
    ...answer(
      409,
      'Couriers deliver to this address only goods for `minimum_total` or more.',
      'По этому адресу курьеры доставляют только заказы на сумму от `minimum_total`.',
    ),
    members: { minimum_total: Amount, currency: Currency },
  },
  'not-for-sale': {
    ...answer(409, 'Some of these items are not for sale.', 'Некоторые из этих товаров не продаются.'),
    members: { variant_ids: Type.Array(Id) },
  },
  'out-of-stock': {
    ...answer(
      409,
      'Some items are not in stock in this quantity.',
      'Некоторых товаров нет в наличии в нужном количестве.',
    ),
    members: { variant_ids: Type.Array(Id) },
  },
  'price-changed': {
    ...answer(409, 'The total differs from `expected_total`.', 'Сумма заказа отличается от `expected_total`.'),
    members: { total_amount: Amount, currency: Currency },
  },
  'mixed-currencies': answer(
    409,
    'The items have several currencies. Place one order per currency.',
    'Цены товаров указаны в разных валютах. Оформите отдельный заказ для каждой валюты.',
  ),
} satisfies Record<string, Answer>
