/** Examples for the API document: Anna orders her cart by courier, or one pack of tea for pickup. */
export const courierExample = {
  delivery_method: 'courier',
  delivery_address: { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12', apartment: '3' },
  recipient_name: 'Анна',
  recipient_phone: '+7 912 345-67-89',
  expected_total: 124_000,
}

export const pickupExample = {
  items: [{ variant_id: '06180263-97a2-8a58-ade9-2f3fd908189d', quantity: 1 }],
  delivery_method: 'pickup',
  payment_method: 'cash_on_delivery',
}

const id = '01a1fcdb-002c-7fbc-83ae-89ac787d3c77'
const created_at = '2026-11-21T06:46:13.292Z'

export const orderExample = {
  id,
  number: '2026-625BTY',
  status: 'created',
  total_amount: 124_000,
  items_amount: 124_000,
  discount_amount: 0,
  delivery_fee: 0,
  delivery_discount: 0,
  currency: 'RUB',
  coupon: null,
  discounts: [],
  items: [
    {
      variant_id: '06180263-97a2-8a58-ade9-2f3fd908189d',
      product_id: '6bf827b3-099f-8343-a2b5-6fc0f5c7e2f3',
      sku: 'TE-GUAN-IN-50',
      title: 'Те Гуань Инь «Осенний», 50 г',
      quantity: 2,
      price: 62_000,
      discount_amount: 0,
      total: 124_000,
      weight_grams: 50,
    },
  ],
  payment_method: 'online',
  delivery_method: 'courier',
  pickup_point_id: null,
  delivery_address: courierExample.delivery_address,
  recipient_name: 'Анна',
  recipient_phone: '+7 912 345-67-89',
  comment: null,
  payment: { id: null, status: null, confirmation_url: `/pay/${id}?token=hL3q8mZr0T5vKcQx1WbN7sYdUe2pAfJ9oGi4RkXtVnM` },
  pay_until: null,
  shipment: null,
  may_cancel: true,
  cancelling: false,
  reason: null,
  created_at,
  updated_at: created_at,
  link_token: null,
  timeline: [
    { at: created_at, event: 'order-created', status: 'created', reason: null, shipment_status: null, amount: null },
  ],
}
