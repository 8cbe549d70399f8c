import type { Locale } from '#platform/values'
import type { Owner } from './owner.ts'
import type { ShownCart } from './priced-cart.ts'
import type { CartView } from './schema.ts'

/** Shows the cart of an owner at today's prices. */
export type ShowCart = (owner: Owner) => Promise<ShownCart>

/** Only a cart with one currency has discounts. */
export const cartViewOf = (cart: ShownCart, locale: Locale): CartView => ({
  items: cart.items.map((item, i) => ({
    ...item,
    title: item.title[locale],
    discount_amount: cart.line_discounts[i] ?? 0,
  })),
  totals: cart.totals.map(({ amount, currency }) => ({
    items_amount: amount,
    discount_amount: cart.discount_amount,
    total_amount: amount - cart.discount_amount,
    currency,
  })),
  pieces: cart.pieces,
  coupon: cart.coupon,
  discounts: cart.discounts.map(({ kind: _, name, ...discount }) => ({ ...discount, name: name[locale] })),
  free_delivery: cart.discounts.some(({ kind }) => kind === 'free_delivery'),
  cart_token: cart.cart_token,
})
