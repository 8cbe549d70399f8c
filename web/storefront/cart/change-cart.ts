import type { Cart } from './cart-store.ts'

/** The facts of a product that a cart shows. */
export type CartProduct = Readonly<{
  variant_id: string
  product_id: string
  slug: string
  title: string
  image: string | null
  price: number
  currency: string
  stock_quantity: number | null
}>

type Item = Cart['items'][number]

/** The parts of a cart that an order takes. */
export const orderedCart = { items: [], totals: [], pieces: 0, coupon: null, discounts: [], free_delivery: false }

const empty: Cart = { ...orderedCart, cart_token: null }

/** The cart with `quantity` more pieces of a product, as the shop will answer when it agrees. */
export function withAdded(cart: Cart | null, product: CartProduct, quantity: number): Cart {
  const { items } = cart ?? empty
  const found = items.find(({ variant_id }) => variant_id === product.variant_id)
  if (found) return withQuantity(cart, product.variant_id, Math.min(found.quantity + quantity, 99))
  const { stock_quantity: available, ...facts } = product
  const { variant_id, product_id, slug, title, image, price, currency } = facts
  const item = { variant_id, product_id, slug, title, image, price, currency, available }
  const added = { ...item, quantity, line_total: 0, discount_amount: 0, insufficient_stock: false }
  return counted(cart ?? empty, [...items, priced(added)])
}

/** The cart with this many pieces of a variant; with 0 pieces the line is gone. */
export function withQuantity(cart: Cart | null, variant_id: string, quantity: number): Cart {
  const items = (cart?.items ?? []).flatMap((item) => {
    if (item.variant_id !== variant_id) return [item]
    return quantity === 0 ? [] : [priced({ ...item, quantity })]
  })
  return counted(cart ?? empty, items)
}

const priced = (item: Item): Item => ({
  ...item,
  line_total: item.price * item.quantity,
  insufficient_stock: item.available !== null && item.available < item.quantity,
})

/** The discounts stay as they were: only the shop knows those of the changed cart, and its answer corrects them. */
function counted(cart: Cart, items: readonly Item[]): Cart {
  const sums = new Map<string, number>()
  for (const { currency, line_total } of items) sums.set(currency, (sums.get(currency) ?? 0) + line_total)
  const discount = cart.totals[0]?.discount_amount ?? 0
  return {
    ...cart,
    items: [...items],
    totals: Array.from(sums, ([currency, items_amount]) => {
      const discount_amount = sums.size === 1 ? Math.min(discount, items_amount) : 0
      return { currency, items_amount, discount_amount, total_amount: items_amount - discount_amount }
    }),
    pieces: items.reduce((sum, { quantity }) => sum + quantity, 0),
  }
}
