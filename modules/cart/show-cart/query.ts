import type { ShowCart } from '../cart-view.ts'
import { buyerOf, tokenOf } from '../owner.ts'
import { priceCart, type Pricing } from '../priced-cart.ts'
import { readLines, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; pricing: Pricing }>

/** One read of the cart, and one of the catalog unless the cart is empty. */
export const showCart =
  ({ db, pricing }: Needs): ShowCart =>
  async (owner) => {
    const { lines, coupon } = await readLines(db, owner)
    return await priceCart(pricing, { lines, coupon, cart_token: tokenOf(owner), buyer: buyerOf(owner) })
  }
