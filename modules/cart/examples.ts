/** Examples for the API document: two packs of tea in a cart. */
export const addItemExample = { variant_id: '06180263-97a2-8a58-ade9-2f3fd908189d', quantity: 2 }

export const cartExample = {
  items: [
    {
      variant_id: '06180263-97a2-8a58-ade9-2f3fd908189d',
      product_id: '6bf827b3-099f-8343-a2b5-6fc0f5c7e2f3',
      slug: 'te-guan-in',
      title: 'Те Гуань Инь «Осенний», 50 г',
      image: '/shop-art/te-guan-in.svg',
      quantity: 2,
      price: 62_000,
      currency: 'RUB',
      line_total: 124_000,
      discount_amount: 12_400,
      available: 40,
      insufficient_stock: false,
    },
  ],
  totals: [{ items_amount: 124_000, discount_amount: 12_400, total_amount: 111_600, currency: 'RUB' }],
  pieces: 2,
  coupon: { code: 'TEA10', reason: null },
  discounts: [
    {
      promotion_id: '01a1fcdb-002c-7fbc-83ae-89ac787d3c78',
      code: 'TEA10',
      name: 'Скидка 10 % на чай',
      amount: 12_400,
      is_checked_at_order: false,
    },
  ],
  free_delivery: false,
  cart_token: null,
}
