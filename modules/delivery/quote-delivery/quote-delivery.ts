import type { CatalogApi } from '#catalog'
import type { Refused } from '#platform/outcome'
import { after, minutes, type Clock, type Locale } from '#platform/values'
import type { AttemptedBy, PromotionBuyer, PromotionsApi, QuoteLine } from '#promotions/api'
import type { DeliveryMethod } from '../schema.ts'
import type { Address } from '../shipment.ts'
import type { OpenPoints } from '../store/pickup-points.ts'
import type { ZoneCache } from '../store/zones.ts'
import { courierFeeOf, type Zone } from '../zone.ts'
import type { QuotedMethod } from '../zone-schema.ts'

type QuoteDeliveryInput = Readonly<{
  buyer: PromotionBuyer
  address: Address | null
  lines: readonly Readonly<{ variant_id: string; quantity: number }>[]
  coupon: string | null
  /** The language of the names of discounts. */
  locale: Locale
  /** The account, the cart and the network address that count the attempts to guess a coupon. */
  attempted_by: AttemptedBy
}>

type Quoted = Readonly<{
  kind: 'quoted'
  items_amount: number
  currency: string
  methods: readonly QuotedMethod[]
}>
export type QuoteDeliveryOutcome =
  | Quoted
  | (Refused<'not-for-sale'> & Readonly<{ variant_ids: readonly string[] }>)
  | Refused<'mixed-currencies'>

export type QuoteDelivery = (input: QuoteDeliveryInput) => Promise<QuoteDeliveryOutcome>

type Needs = Readonly<{
  now: Clock
  points: OpenPoints
  zones: ZoneCache
  catalog: Pick<CatalogApi, 'offersOf'>
  promotions: Pick<PromotionsApi, 'findCoupon' | 'factsOf' | 'quote'>
}>

/** The ways of delivery for goods at today's prices, each with its fee and the total that an order would have. */
export const quoteDelivery =
  (needs: Needs): QuoteDelivery =>
  async (input) => {
    const goods = await goodsOf(needs, input)
    if (goods.kind === 'refused') return goods
    const coupon = await couponOf(needs, input)
    const { lines, items_amount, currency } = goods
    const { buyer } = input
    const facts = await needs.promotions.factsOf(buyer)
    const priced = async (offer: Offer): Promise<QuotedMethod> => {
      const { method, fee, reason, minimum_total, zone } = offer
      if (reason !== null) return { ...unavailable, discounts: [], method, reason, minimum_total }
      const { code, without } = coupon
      const quote = await needs.promotions.quote({ buyer, coupon: code, lines, currency, delivery_fee: fee, facts })
      return {
        method,
        available: true,
        reason,
        minimum_total,
        price: fee,
        discount_amount: quote.discount_amount,
        delivery_discount: quote.delivery_discount,
        discounts: quote.discounts.map(({ kind: _, name, ...discount }) => ({ ...discount, name: name[input.locale] })),
        total_amount: quote.total_amount,
        coupon_reason: quote.coupon?.reason ?? without,
        free_from: zone?.free_from ?? null,
        window: windowOf(zone, needs.now()),
      }
    }
    const offers = [
      await pickupOffer(needs.points),
      courierOffer(input.address, goods, await needs.zones.list()),
      noCarrier,
    ]
    return { kind: 'quoted', items_amount, currency, methods: await Promise.all(offers.map(priced)) }
  }

/** `without`: why the given coupon is left out. */
type GivenCoupon = Readonly<{ code: string | null; without: QuotedMethod['coupon_reason'] }>

/** Staff may end the coupon of a cart at any time, and the checkout goes on without it. */
async function couponOf({ promotions }: Needs, { coupon, attempted_by }: QuoteDeliveryInput): Promise<GivenCoupon> {
  if (coupon === null) return { code: null, without: null }
  const found = await promotions.findCoupon({ code: coupon, attempted_by })
  if (found.kind === 'found') return { code: found.code, without: null }
  return { code: null, without: found.reason === 'too-many-coupons' ? found.reason : 'ended' }
}

type NotSold = Extract<QuoteDeliveryOutcome, { reason: 'not-for-sale' | 'mixed-currencies' }>
type Goods = Readonly<{ kind: 'goods'; lines: readonly QuoteLine[]; items_amount: number; currency: string }>

async function goodsOf({ catalog }: Needs, { lines }: QuoteDeliveryInput): Promise<Goods | NotSold> {
  const offers = await catalog.offersOf([...new Set(lines.map(({ variant_id }) => variant_id))])
  const byVariant = new Map(offers.map((offer) => [offer.variant_id, offer]))
  const missing = lines.map(({ variant_id }) => variant_id).filter((id) => !byVariant.has(id.toLowerCase()))
  if (missing.length > 0) return { kind: 'refused', reason: 'not-for-sale', variant_ids: [...new Set(missing)] }
  const priced = lines.flatMap(({ variant_id, quantity }) => {
    const offer = byVariant.get(variant_id.toLowerCase())
    return offer ? [{ ...offer, quantity }] : []
  })
  const [currency = 'RUB', ...others] = new Set(priced.map((line) => line.currency))
  if (others.length > 0) return { kind: 'refused', reason: 'mixed-currencies' }
  const items_amount = priced.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  const sold = priced.map(({ product_id, price, quantity }) => ({ product_id, price, quantity }))
  return { kind: 'goods', lines: sold, items_amount, currency }
}

type Offer = Readonly<{
  method: DeliveryMethod
  fee: number
  reason: QuotedMethod['reason']
  minimum_total: number | null
  zone: Zone | null
}>

const unavailable = {
  available: false,
  price: null,
  discount_amount: null,
  delivery_discount: null,
  total_amount: null,
  coupon_reason: null,
  free_from: null,
  window: null,
} as const

const nothing = { fee: 0, minimum_total: null, zone: null } as const

/** No outside carrier is connected. */
const noCarrier: Offer = { ...nothing, method: 'cdek', reason: 'method-unavailable' }

async function pickupOffer(points: OpenPoints): Promise<Offer> {
  const open = await points.list()
  return { ...nothing, method: 'pickup', reason: open.length === 0 ? 'no-pickup-point' : null }
}

function courierOffer(address: Address | null, goods: Goods, zones: readonly Zone[]): Offer {
  if (address === null) return { ...nothing, method: 'courier', reason: 'address-missing' }
  const found = courierFeeOf(address, goods, zones)
  if (found.kind === 'quoted') return { ...nothing, method: 'courier', reason: null, fee: found.fee, zone: found.zone }
  const minimum_total = found.reason === 'below-delivery-minimum' ? found.minimum_total : null
  return { ...nothing, method: 'courier', reason: found.reason, minimum_total }
}

function windowOf(zone: Zone | null, now: Date) {
  if (!zone || zone.earliest_minutes === null || zone.latest_minutes === null) return null
  const at = (time: number) => after(now, minutes(time)).toISOString()
  return { from: at(zone.earliest_minutes), to: at(zone.latest_minutes) }
}
