import type { Locale } from '#platform/values'
import type { ShownCart } from './priced-cart.ts'
import type { CartView } from './schema.ts'

export const present = ({ items, totals, pieces, cart_token }: ShownCart, locale: Locale): CartView => ({
  items: items.map((item) => ({ ...item, title: item.title[locale] })),
  totals: totals.map(({ amount, currency }) => ({ total_amount: amount, currency })),
  pieces,
  cart_token,
})
