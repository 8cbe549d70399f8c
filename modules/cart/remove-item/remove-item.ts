import { sql } from 'kysely'
import type { Clock } from '#platform/values'
import { buyerOf, tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Pricing, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { couponOf, lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock; pricing: Pricing }>
export type RemoveItem = (owner: Owner, variant_id: string) => Promise<ShownCart>

/** Removes a variant from the owner's cart; a variant that is not in it is no error. */
export const removeItem =
  ({ db, now, pricing }: Needs): RemoveItem =>
  async (owner, variant_id) => {
    const { rows } = await sql<{ lines: readonly Line[]; coupon: string | null }>`
      select cart.remove_item(${lockCart(owner, now())}, ${variant_id}) as lines, ${couponOf(owner)} as coupon
    `.execute(db)
    const { lines = [], coupon = null } = rows[0] ?? {}
    return await priceCart(pricing, { lines, coupon, cart_token: tokenOf(owner), buyer: buyerOf(owner) })
  }
