import { sql } from 'kysely'
import type { Clock } from '#platform/values'
import type { FindCouponInput, FindCouponOutcome, PromotionsApi } from '#promotions/api'
import { buyerOf, tokenOf, type Owner } from '../owner.ts'
import { priceCart, type Pricing, type ShownCart } from '../priced-cart.ts'
import type { Line } from '../schema.ts'
import { newCartOf, setCoupon, type CartDb } from '../store.ts'

type Needs = Readonly<{
  db: CartDb
  now: Clock
  pricing: Pricing
  promotions: Pick<PromotionsApi, 'findCoupon'>
}>

type CouponApplied = Readonly<{ kind: 'applied'; cart: ShownCart }>
export type ApplyCouponOutcome = CouponApplied | Exclude<FindCouponOutcome, { kind: 'found' }>

export type ApplyCoupon = (owner: Owner, input: FindCouponInput) => Promise<ApplyCouponOutcome>
export type RemoveCoupon = (owner: Owner) => Promise<ShownCart>

/** Stores a coupon that exists in the cart, which then says what it gives, or why it gives nothing. */
export const applyCoupon =
  ({ db, now, pricing, promotions }: Needs): ApplyCoupon =>
  async (owner, input) => {
    const found = await promotions.findCoupon(input)
    if (found.kind === 'refused') return found
    const fresh = newCartOf(owner)
    const { rows } = await sql<{ outcome: { cart_id: string; lines: readonly Line[] } }>`
      select ${setCoupon(owner, { fresh, coupon: found.code, now: now() })} as outcome
    `.execute(db)
    const { cart_id, lines } = rows[0]!.outcome
    const cart_token = cart_id === fresh.id ? fresh.token : tokenOf(owner)
    const cart = await priceCart(pricing, { lines, coupon: found.code, cart_token, buyer: buyerOf(owner) })
    return { kind: 'applied', cart }
  }

/** Removes the coupon from the cart; a cart without one is no error. */
export const removeCoupon =
  ({ db, now, pricing }: Omit<Needs, 'promotions'>): RemoveCoupon =>
  async (owner) => {
    const { rows } = await sql<{ outcome: { lines: readonly Line[] } | null }>`
      select ${setCoupon(owner, { fresh: null, coupon: null, now: now() })} as outcome
    `.execute(db)
    const lines = rows[0]?.outcome?.lines ?? []
    return await priceCart(pricing, { lines, coupon: null, cart_token: tokenOf(owner), buyer: buyerOf(owner) })
  }
