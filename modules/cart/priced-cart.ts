import type { CatalogApi, Offer } from '#catalog'
import type { UnitOfWork } from '#platform/outcome'
import { money, times, totalOf, type Money } from '#platform/values'
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

/** A cart as its owner sees it, with the token of a guest. */
export type ShownCart = PricedCart & Readonly<{ cart_token: string | null }>

export type Catalog = Pick<CatalogApi, 'offersOf'>
type Cart = Readonly<{ lines: readonly Line[]; cart_token: string | null }>

/** Prices a cart with one read of the catalog; an empty cart needs none. A caller inside a transaction passes it as `over`. */
export async function priceCart(catalog: Catalog, { lines, cart_token }: Cart, over?: UnitOfWork): Promise<ShownCart> {
  const variant_ids = lines.map(({ variant_id }) => variant_id)
  const offers = lines.length === 0 ? [] : await catalog.offersOf(variant_ids, over)
  return { ...priced(lines, offers), cart_token }
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
