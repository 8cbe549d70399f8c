import type { ShopFacts } from '../../../apps/storefront/renderer.ts'

/** The most pieces of one line of a cart. */
const maxQuantity = 99

/** A variant with its stock. `each`: the most pieces of one component in a bundle. */
type Stocked = Readonly<{ available: number | null; each?: number }>

/** How many pieces the cart takes of a variant. */
export const mostOf = (available: number | null): number => Math.min(available ?? maxQuantity, maxQuantity)

/**
 * How many of them one order takes: as many as an unpaid order may hold, or half of the stock. The decision is `tooManyOpen` in
 * ordering; this number is right for a buyer without unpaid orders.
 */
export function mostAtOnce({ available, each = 1 }: Stocked, { maxHeld }: Pick<ShopFacts, 'maxHeld'>): number {
  const most = mostOf(available)
  if (available === null || maxHeld === 0) return most
  return Math.min(most, Math.max(Math.floor(maxHeld / each), Math.floor(available / 2), 1))
}
