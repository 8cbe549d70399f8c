/** Example for the API document: a tenth off tea from 1,000 roubles, once for each buyer. */
export const couponExample = {
  code: 'TEA10',
  name: { ru: 'Скидка 10 % на чай', en: '10% off tea' },
  kind: 'percentage',
  percent: 10,
  minimum_total: 100_000,
  max_uses_per_buyer: 1,
}
