import { Type } from 'typebox'
import { answer, type Answer } from '#platform/http'
import { Amount, Currency, Id, Nullable, OneOf } from '#platform/schema'
import { couponAnswers } from '#promotions/answers'
import { couponReasons } from '#promotions/api'
import { requiredFields } from './draft.ts'
import { countedBy } from './open-orders.ts'

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

/** Why an order is not placed. */
export const placeAnswers = {
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
} satisfies Record<string, Answer>

/** Why a draft is not saved, placed or deleted. */
export const draftAnswers = {
  'draft-changed': answer(
    409,
    'The draft was changed meanwhile. Read it again.',
    'Черновик за это время изменили. Прочитайте его заново.',
  ),
  'draft-placed': {
    ...answer(
      409,
      'The draft has become an order: `order_id` says which. Edit the order instead.',
      'По черновику уже оформлен заказ, он указан в `order_id`. Измените заказ.',
    ),
    members: { order_id: Id },
  },
  'draft-incomplete': {
    ...answer(
      409,
      'The draft is not complete. `missing` lists the fields that an order needs.',
      'Черновик заполнен не полностью. Недостающие поля перечислены в `missing`.',
    ),
    members: { missing: Type.Array(OneOf(requiredFields)) },
  },
} satisfies Record<string, Answer>
