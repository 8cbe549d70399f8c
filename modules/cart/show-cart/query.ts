import type { ShowCart } from '../cart-view.ts'
import { tokenOf } from '../owner.ts'
import { priceCart, type Catalog } from '../priced-cart.ts'
import { readLines, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; catalog: Catalog }>

/** One read of the cart, and one of the catalog unless the cart is empty. */
export const showCart =
  ({ db, catalog }: Needs): ShowCart =>
  async (owner) =>
    await priceCart(catalog, { lines: (await readLines(db, owner)).lines, cart_token: tokenOf(owner) })
