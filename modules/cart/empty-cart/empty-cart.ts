import { sql } from 'kysely'
import type { Clock } from '#platform/values'
import { tokenOf, type Owner } from '../owner.ts'
import { priced, type ShownCart } from '../priced-cart.ts'
import { lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock }>
export type EmptyCart = (owner: Owner) => Promise<ShownCart>

/** Removes all items from the owner's cart. */
export const emptyCart =
  ({ db, now }: Needs): EmptyCart =>
  async (owner) => {
    await sql`select cart.empty_cart(${lockCart(owner, now())})`.execute(db)
    return { ...priced([], []), cart_token: tokenOf(owner) }
  }
