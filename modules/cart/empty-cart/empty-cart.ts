import { sql } from 'kysely'
import type { Clock } from '#platform/values'
import { tokenOf, type Owner } from '../owner.ts'
import { priced, withoutDiscounts, type ShownCart } from '../priced-cart.ts'
import { lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock }>
export type EmptyCart = (owner: Owner) => Promise<ShownCart>

/** Removes all items and the coupon from the owner's cart. */
export const emptyCart =
  ({ db, now }: Needs): EmptyCart =>
  async (owner) => {
    await sql`select cart.empty_cart(${lockCart(owner, now())})`.execute(db)
    return { ...priced([], []), ...withoutDiscounts(null), cart_token: tokenOf(owner) }
  }
