import type { Benefit } from './pricing.ts'
import type { CouponReason, PromotionTerms } from './schema.ts'

/** A promotion with the number of its uses. */
export type Promotion = Omit<PromotionTerms, 'starts_at' | 'ends_at'> &
  Readonly<{
    id: string
    starts_at: Date | null
    ends_at: Date | null
    uses: number
    /** Each change of the terms has a new one. */
    version: number
  }>

/** A code as it is stored. */
export const codeOf = (typed: string): string => typed.trim().normalize('NFC').toUpperCase()

/** True for a promotion that buyers may know: it is switched on, and has started. */
export const isOpen = ({ is_active, starts_at }: Pick<Promotion, 'is_active' | 'starts_at'>, now: Date): boolean =>
  is_active && (starts_at === null || starts_at <= now)

/** A line of goods, and the categories of its product with those above them. */
type CategorizedLine = Readonly<{ price: number; quantity: number; category_ids: readonly string[] }>

/** The facts that decide whether a promotion applies. They contain no discount, so promotions do not depend on each other. */
export type OrderFacts = Readonly<{
  lines: readonly CategorizedLine[]
  currency: string
  delivery_fee: number | null
  now: Date
  isFirstOrder: boolean
  /** The uses of this buyer by promotion. */
  usesOfBuyer: ReadonlyMap<string, number>
}>

/** The positions of the lines that a promotion is for. */
const linesFor = ({ category_ids }: Pick<Promotion, 'category_ids'>, lines: readonly CategorizedLine[]) =>
  lines.flatMap((line, i) =>
    category_ids.length === 0 || category_ids.some((id) => line.category_ids.includes(id)) ? [i] : [],
  )

/** Why a promotion does not apply to an order; undefined when it does. The limits are checked again when it is redeemed. */
export function reasonAgainst(promotion: Promotion, order: OrderFacts): CouponReason | undefined {
  const { max_uses, max_uses_per_buyer, minimum_total } = promotion
  if (promotion.ends_at !== null && promotion.ends_at <= order.now) return 'ended'
  if (promotion.currency !== order.currency) return 'other-currency'
  const eligible = linesFor(promotion, order.lines)
  if (eligible.length === 0) return 'not-for-these-goods'
  const total = eligible.reduce((sum, i) => sum + (order.lines[i]?.price ?? 0) * (order.lines[i]?.quantity ?? 0), 0)
  if (minimum_total !== null && total < minimum_total) return 'below-minimum'
  if (promotion.first_order && !order.isFirstOrder) return 'not-first-order'
  if (max_uses !== null && promotion.uses >= max_uses) return 'used-up'
  const used = order.usesOfBuyer.get(promotion.id) ?? 0
  if (max_uses_per_buyer !== null && used >= max_uses_per_buyer) return 'used-up-by-you'
  if (promotion.kind === 'free_delivery' && order.delivery_fee === 0) return 'no-delivery-fee'
  return undefined
}

/** The benefit of a promotion that applies to an order. `isChosen`: the buyer gave its code. */
export function benefitOf(promotion: Promotion, order: Pick<OrderFacts, 'lines'>, isChosen: boolean): Benefit {
  const { id: promotion_id, kind, percent, amount, combinable } = promotion
  const shared = { promotion_id, combinable, isChosen, lines: linesFor(promotion, order.lines) }
  if (kind === 'percentage' && percent !== null) return { ...shared, kind, percent }
  if (kind === 'fixed_amount' && amount !== null) return { ...shared, kind, amount }
  return { ...shared, kind: 'free_delivery' }
}
