import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { buyerOf, tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Pricing, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { couponOf, lockCart, type CartDb } from '../store.ts'

type Needs = Readonly<{ db: CartDb; now: Clock; pricing: Pricing }>

type ChangeItemOutcome = Readonly<{ kind: 'changed'; cart: ShownCart }> | NotFound
export type ChangeItem = (owner: Owner, input: Line) => Promise<ChangeItemOutcome>

/** Changes the quantity of a variant in the owner's cart. */
export const changeItem =
  ({ db, now, pricing }: Needs): ChangeItem =>
  async (owner, { variant_id, quantity }) => {
    const { rows } = await sql<{ lines: readonly Line[] | null; coupon: string | null }>`
      select cart.change_item(${lockCart(owner, now())}, ${variant_id}, ${quantity}) as lines, ${couponOf(owner)} as coupon
    `.execute(db)
    const { lines = null, coupon = null } = rows[0] ?? {}
    if (!lines) return notFound('cart item')
    const cart = { lines, coupon, cart_token: tokenOf(owner), buyer: buyerOf(owner) }
    return { kind: 'changed', cart: await priceCart(pricing, cart) }
  }
