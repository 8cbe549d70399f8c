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

const empty: Cart = { items: [], totals: [], pieces: 0, cart_token: null }

/** The cart with `quantity` more pieces of a product, as the shop will answer when it agrees. */
export function withAdded(cart: Cart | null, product: CartProduct, quantity: number): Cart {
  const { items } = cart ?? empty
  const found = items.find(({ variant_id }) => variant_id === product.variant_id)
  if (found) return withQuantity(cart, product.variant_id, Math.min(found.quantity + quantity, 99))
  const { stock_quantity: available, ...facts } = product
  const { variant_id, product_id, slug, title, image, price, currency } = facts
  const item = { variant_id, product_id, slug, title, image, price, currency, available }
  return counted(cart ?? empty, [...items, priced({ ...item, quantity, line_total: 0, insufficient_stock: false })])
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

function counted(cart: Cart, items: readonly Item[]): Cart {
  const totals = new Map<string, number>()
  for (const { currency, line_total } of items) totals.set(currency, (totals.get(currency) ?? 0) + line_total)
  return {
    ...cart,
    items: [...items],
    totals: Array.from(totals, ([currency, total_amount]) => ({ currency, total_amount })),
    pieces: items.reduce((sum, { quantity }) => sum + quantity, 0),
  }
}
