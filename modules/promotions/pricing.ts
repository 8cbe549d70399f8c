import { money } from '#platform/values'

/** A line of goods at its price, in minor units a piece. */
type PricedLine = Readonly<{ price: number; quantity: number }>

/** The goods of an order and its delivery. `delivery_fee`: null as long as it is not known, as in a cart. */
export type PricedGoods = Readonly<{ lines: readonly PricedLine[]; delivery_fee: number | null }>

/** The benefit of a promotion for the lines of an order that it is for. */
export type Benefit = Readonly<{
  promotion_id: string
  /** It may be used together with other combinable promotions. */
  combinable: boolean
  /** The buyer gave its code: of equal discounts she gets this one. */
  isChosen: boolean
  /** The positions of the lines that it is for. */
  lines: readonly number[]
}> &
  (
    | Readonly<{ kind: 'percentage'; percent: number }>
    | Readonly<{ kind: 'fixed_amount'; amount: number }>
    | Readonly<{ kind: 'free_delivery' }>
  )

/** The price of an order: `total_amount = items_amount - discount_amount + delivery_fee`. Minor units. */
export type Price = Readonly<{
  /** The sum of the lines before any discount. */
  items_amount: number
  /** All discounts, with the one on delivery. */
  discount_amount: number
  delivery_fee: number
  /** The part of `discount_amount` that pays the delivery. */
  delivery_discount: number
  total_amount: number
  /** Per line; with `delivery_discount` their sum is `discount_amount`. */
  line_discounts: readonly number[]
  /** The promotions that are used, each with its discount. */
  applied: readonly Readonly<{ promotion_id: string; amount: number }>[]
}>

/**
 * Prices an order. The promotions that combine apply together, any other alone; the buyer gets the set with the greatest
 * discount. The order in which the promotions come does not matter: percentages are taken of the undiscounted lines, then
 * fixed amounts are, and each is limited by what is left of its lines. No line falls below zero.
 */
export function priceOf(goods: PricedGoods, benefits: readonly Benefit[]): Price {
  const sorted = benefits.toSorted(bySequence)
  const combinable = sorted.filter((benefit) => benefit.combinable)
  const sets = [combinable, ...sorted.filter((benefit) => !benefit.combinable).map((benefit) => [benefit])]
  const [first = [], ...others] = sets
  let best = { set: first, price: priceWith(goods, first) }
  for (const set of others) {
    const price = priceWith(goods, set)
    const more = price.discount_amount - best.price.discount_amount
    if (more > 0 || (more === 0 && hasChosen(set) && !hasChosen(best.set))) best = { set, price }
  }
  return best.price
}

const hasChosen = (set: readonly Benefit[]) => set.some(({ isChosen }) => isChosen)

const sequence = ['percentage', 'fixed_amount', 'free_delivery'] as const

/** A fixed amount for few lines comes before one for many, which finds its discount elsewhere. */
const bySequence = (one: Benefit, other: Benefit): number =>
  sequence.indexOf(one.kind) - sequence.indexOf(other.kind) ||
  one.lines.length - other.lines.length ||
  (one.promotion_id < other.promotion_id ? -1 : 1)

function priceWith({ lines, delivery_fee }: PricedGoods, benefits: readonly Benefit[]): Price {
  const totals = lines.map(({ price, quantity }) => price * quantity)
  const left = [...totals]
  let feeLeft = delivery_fee ?? 0
  const applied = benefits.map((benefit) => {
    if (benefit.kind === 'free_delivery') {
      const amount = feeLeft
      feeLeft = 0
      return { promotion_id: benefit.promotion_id, amount, isUsed: amount > 0 || delivery_fee === null }
    }
    const amount = takeFrom(left, benefit.lines, amountOf(benefit, totals))
    return { promotion_id: benefit.promotion_id, amount, isUsed: amount > 0 }
  })
  const line_discounts = totals.map((total, i) => total - (left[i] ?? 0))
  const items_amount = sumOf(totals)
  const delivery_discount = (delivery_fee ?? 0) - feeLeft
  const discount_amount = sumOf(line_discounts) + delivery_discount
  return {
    items_amount,
    discount_amount,
    delivery_fee: delivery_fee ?? 0,
    delivery_discount,
    total_amount: items_amount - discount_amount + (delivery_fee ?? 0),
    line_discounts,
    applied: applied.filter(({ isUsed }) => isUsed).map(({ promotion_id, amount }) => ({ promotion_id, amount })),
  }
}

/** The discount that a benefit gives when enough of its lines is left. Half a minor unit is rounded up. */
function amountOf(benefit: Exclude<Benefit, { kind: 'free_delivery' }>, totals: readonly number[]): number {
  if (benefit.kind === 'fixed_amount') return benefit.amount
  const total = sumOf(benefit.lines.map((i) => totals[i] ?? 0))
  // Hundreds apart, because the product of a great total exceeds the integers of a number.
  const hundreds = Math.floor(total / 100)
  return hundreds * benefit.percent + Math.round(((total - hundreds * 100) * benefit.percent) / 100)
}

/** Takes at most `amount` from the lines at `positions`, each by its share of what is left, and returns what was taken. */
function takeFrom(left: number[], positions: readonly number[], amount: number): number {
  const weights = positions.map((i) => left[i] ?? 0)
  const taken = Math.min(amount, sumOf(weights))
  for (const [k, share] of divide(taken, weights).entries()) {
    const i = positions[k] ?? 0
    left[i] = (left[i] ?? 0) - share
  }
  return taken
}

/**
 * Divides an amount by weights, to the minor unit: the shares add up to the amount (largest remainder). Equal remainders go
 * to the earlier line. With an amount of at most the sum of the weights no share exceeds its weight.
 */
export function divide(amount: number, weights: readonly number[]): readonly number[] {
  const total = BigInt(sumOf(weights))
  if (total === 0n) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight))
  const shares = exact.map((each) => Number(each / total))
  const missing = amount - sumOf(shares)
  const byRemainder = exact
    .map((each, i) => ({ i, remainder: each % total }))
    .toSorted((one, other) =>
      one.remainder === other.remainder ? one.i - other.i : one.remainder > other.remainder ? -1 : 1,
    )
  for (const { i } of byRemainder.slice(0, missing)) shares[i] = (shares[i] ?? 0) + 1
  return shares
}

/** Throws beyond the integers that a number holds exactly. */
const sumOf = (amounts: readonly number[]): number =>
  money(
    amounts.reduce((sum, each) => sum + each, 0),
    'RUB',
  ).amount
