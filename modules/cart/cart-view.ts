import type { Locale } from '#platform/values'
import type { Owner } from './owner.ts'
import type { ShownCart } from './priced-cart.ts'
import type { CartView } from './schema.ts'

/** Shows the cart of an owner at today's prices. */
export type ShowCart = (owner: Owner) => Promise<ShownCart>

export const cartViewOf = ({ items, totals, pieces, cart_token }: ShownCart, locale: Locale): CartView => ({
  items: items.map((item) => ({ ...item, title: item.title[locale] })),
  totals: totals.map(({ amount, currency }) => ({ total_amount: amount, currency })),
  pieces,
  cart_token,
})
