import type { CatalogApi, Offer } from '#catalog'
import type { UnitOfWork } from '#platform/outcome'
import { money, times, totalOf, type Money } from '#platform/values'
import type { BuyerFacts, PromotionBuyer, PromotionsApi, Quote } from '#promotions/api'
import type { Line } from './schema.ts'

type PriceOffer = Omit<Offer, 'weight_grams'>

type PricedLine = PriceOffer &
  Readonly<{
    quantity: number
    line_total: number
    /** Fewer pieces are in stock than in the cart. */
    insufficient_stock: boolean
  }>

export type PricedCart = Readonly<{
  items: readonly PricedLine[]
  /** One sum per currency: sums in different currencies are never added. */
  totals: readonly Money[]
  pieces: number
}>

type CartDiscounts = Pick<Quote, 'discount_amount' | 'line_discounts' | 'discounts' | 'coupon'>

/** A cart as its owner sees it, with its discounts and the token of a guest. */
export type ShownCart = PricedCart & CartDiscounts & Readonly<{ cart_token: string | null }>

/** The functions that a cart is priced with. */
export type Pricing = Readonly<{
  catalog: Pick<CatalogApi, 'offersOf'>
  promotions: Pick<PromotionsApi, 'factsOf' | 'quote'>
}>
type Cart = Readonly<{
  lines: readonly Line[]
  coupon: string | null
  cart_token: string | null
  buyer: PromotionBuyer
}>
/** `facts`: were read before the transaction. */
type Within = Readonly<{ over: UnitOfWork; facts: BuyerFacts }>

/**
 * Prices a cart with one read of the catalog; an empty cart needs none. Promotions read only when there are some. A caller
 * inside a transaction passes it as `within`.
 */
export async function priceCart(pricing: Pricing, cart: Cart, within?: Within): Promise<ShownCart> {
  const { lines, cart_token } = cart
  const variant_ids = lines.map(({ variant_id }) => variant_id)
  const offers = lines.length === 0 ? [] : await pricing.catalog.offersOf(variant_ids, within?.over)
  const today = priced(lines, offers)
  return { ...today, ...(await discountsOf(pricing, { ...cart, today }, within)), cart_token }
}

/** An empty cart has no discounts. */
export const withoutDiscounts = (coupon: string | null): CartDiscounts => ({
  discount_amount: 0,
  line_discounts: [],
  discounts: [],
  coupon: coupon === null ? null : { code: coupon, reason: 'not-for-these-goods' },
})

/** A cart with several currencies cannot be ordered, and has no discounts. */
async function discountsOf(
  { promotions }: Pricing,
  { buyer, coupon, today }: Pick<Cart, 'buyer' | 'coupon'> & Readonly<{ today: PricedCart }>,
  within: Within | undefined,
): Promise<CartDiscounts> {
  const [total, ...others] = today.totals
  if (!total || others.length > 0) return withoutDiscounts(coupon)
  const facts = within?.facts ?? (await promotions.factsOf(buyer))
  const goods = { buyer, coupon, lines: today.items, currency: total.currency, delivery_fee: null }
  return await promotions.quote({ ...goods, facts }, within?.over)
}

/** A cart at today's prices. Leaves out a line without an offer: its variant is about to leave the cart (CAT-9). */
export function priced(lines: readonly Line[], offers: readonly PriceOffer[]): PricedCart {
  const byVariant = new Map(offers.map((offer) => [offer.variant_id, offer]))
  const items = lines.flatMap(({ variant_id, quantity }) => {
    const offer = byVariant.get(variant_id)
    return offer ? [pricedLine(offer, quantity)] : []
  })
  const currencies = [...new Set(items.map((item) => item.currency))]
  const sumIn = (currency: string) =>
    totalOf(
      items.filter((item) => item.currency === currency).map((item) => money(item.line_total, currency)),
      currency,
    )
  return { items, totals: currencies.map(sumIn), pieces: items.reduce((sum, { quantity }) => sum + quantity, 0) }
}

function pricedLine(offer: PriceOffer, quantity: number): PricedLine {
  const { variant_id, product_id, slug, title, image, price, currency, available } = offer
  const line_total = times(money(price, currency), quantity).amount
  const insufficient_stock = available !== null && available < quantity
  const today = { variant_id, product_id, slug, title, image, price, currency, available }
  return { ...today, quantity, line_total, insufficient_stock }
}
