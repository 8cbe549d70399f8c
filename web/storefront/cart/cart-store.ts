import type { Schemas } from '../api/client.ts'
import { createStore } from '../store.ts'

export type Cart = Schemas['Cart']

type CartState = Readonly<{
  /** The cart as the reader sees it, with changes that the shop has not confirmed; null until it is read. */
  view: Cart | null
}>

const tokenKey = 'posad.cart-token'
const viewKey = 'posad.cart'

/** The cart of the reader. */
export const cartStore = createStore<CartState>({ view: null })

/** The token of a guest's cart; null before the first product. */
export const cartTokenOf = (): string | null => localStorage.getItem(tokenKey)

/** Shows the cart that this browser stored, until the shop answers. It is all there is without a network. */
export function readCart(): void {
  try {
    cartStore.set({ view: JSON.parse(localStorage.getItem(viewKey) ?? 'null') as Cart | null })
  } catch {
    cartStore.set({ view: null })
  }
}

/** Stores the token of a guest's cart, which the first answer brings. Signed-in readers have none. */
export function saveCartToken({ cart_token }: Pick<Cart, 'cart_token'>): void {
  if (cart_token === null) localStorage.removeItem(tokenKey)
  else localStorage.setItem(tokenKey, cart_token)
}

/** Stores a cart that the shop answered with. */
export function saveCart(cart: Cart): void {
  saveCartToken(cart)
  localStorage.setItem(viewKey, JSON.stringify(cart))
  cartStore.set({ view: cart })
}

/** Follows the changes of other tabs. */
export const watchCart = (): void =>
  addEventListener('storage', (event) => {
    if (event.key === viewKey || event.key === null) readCart()
  })
