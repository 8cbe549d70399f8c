import { money, times, totalOf, type Localized, type Money } from '#platform/values'
import type { Line } from './cart.ts'

/** What a shop window knows of a variant today. */
type Offer = Readonly<{
  variant_id: string
  product_id: string
  slug: string
  title: Localized
  image: string | null
  price: number
  currency: string
  available: number | null
}>

type PricedLine = Omit<Offer, 'title'> &
  Readonly<{
    title: Localized
    quantity: number
    line_total: number
    /** Fewer pieces are there than lie in the cart. */
    short: boolean
  }>

export type PricedCart = Readonly<{
  items: readonly PricedLine[]
  /** One sum per currency: sums in different currencies are never added. */
  totals: readonly Money[]
  pieces: number
}>

/** A cart as its holder sees it, with the token that opens it when the holder is a guest. */
export type ShownCart = PricedCart & Readonly<{ cart_token: string | null }>

/** A cart at today's prices. A line that is no longer offered is not shown: it is about to leave the cart (CAT-9). */
export function priced(lines: readonly Line[], offers: readonly Offer[]): PricedCart {
  const offered = new Map(offers.map((offer) => [offer.variant_id, offer]))
  const items = lines.flatMap(({ variant_id, quantity }) => {
    const offer = offered.get(variant_id)
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

function pricedLine(offer: Offer, quantity: number): PricedLine {
  const { variant_id, product_id, slug, title, image, price, currency, available } = offer
  const line_total = times(money(price, currency), quantity).amount
  const short = available !== null && available < quantity
  return { variant_id, product_id, slug, title, image, price, currency, available, quantity, line_total, short }
}
