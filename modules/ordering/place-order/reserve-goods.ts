import type { CatalogApi, HoldInput, HoldOutcome } from '#catalog'
import type { DeliveryApi, FeeOutcome } from '#delivery/api'
import { addressKey } from '#platform/limits'
import type { Refused } from '#platform/outcome'
import { newId } from '#platform/values'
import { quotedBuyerOf, type PromotionsApi, type Quote, type RedeemOutcome } from '#promotions/api'
import type { TooManyOpenOrders } from '../open-orders.ts'
import type { Terms } from '../schema.ts'
import type { Goods, PlaceOrderInput } from './load-request.ts'

type Needs = Readonly<{
  catalog: Pick<CatalogApi, 'hold' | 'withdrawHold' | 'expireHold'>
  promotions: Pick<PromotionsApi, 'redeem' | 'withdraw' | 'factsOf' | 'quote'>
  delivery: Pick<DeliveryApi, 'feeOf'>
  /** Why the buyer may not place an order of these lines now; undefined when she may. */
  excessOf: (lines: Held['lines']) => Promise<TooManyOpenOrders | undefined>
}>

type Held = Extract<HoldOutcome, { kind: 'held' }>
type HoldRefused = Extract<HoldOutcome, { kind: 'refused' }>

/** The effects of an order in other modules: held stock, and uses of promotions. */
type Reserved = Readonly<{ kind: 'reserved'; order_id: string; held: Held; quote: Quote }>

type PriceChanged = Refused<'price-changed'> & Readonly<{ total_amount: number; currency: string }>
type PriceRefused =
  | Exclude<RedeemOutcome, { kind: 'redeemed' }>
  | Exclude<FeeOutcome, { kind: 'quoted' }>
  | PriceChanged
  | TooManyOpenOrders
export type ReserveOutcome = Reserved | HoldRefused | PriceRefused

type Reservation = Readonly<{ goods: Goods; terms: Terms; expires_at: Date }>

/** Holds the goods of an order and uses its promotions. A refusal leaves neither. After a crash jobs end both. */
export async function reserveGoods(
  needs: Needs,
  input: PlaceOrderInput,
  { goods, terms, expires_at }: Reservation,
): Promise<ReserveOutcome> {
  const { order_id, held } = await holdFor(needs.catalog, input.attempt, { items: goods.items, expires_at })
  if (held.kind === 'refused') return held
  const priced = await priceHeld(needs, input, { order_id, held, terms, goods })
  if (priced.kind === 'priced') return { kind: 'reserved', order_id, held, quote: priced.quote }
  await needs.catalog.withdrawHold(order_id)
  return priced
}

/** Ends the effects of an order that was refused after `reserveGoods`. */
export async function releaseGoods(needs: Omit<Needs, 'excessOf'>, { order_id, quote }: Reserved): Promise<void> {
  await Promise.all([needs.catalog.withdrawHold(order_id), withdrawUses(needs, order_id, quote)])
}

/**
 * Holds the goods under the id of the order. An attempt that died may have held other goods, when the cart has changed
 * since, or its hold has expired. The order then gets a new id, unless the client chose the id.
 */
async function holdFor(
  catalog: Needs['catalog'],
  { id, operation_id }: PlaceOrderInput['attempt'],
  input: Omit<HoldInput, 'order_id'>,
) {
  const first = id ?? operation_id
  const held = await catalog.hold({ ...input, order_id: first })
  const isUsed = held.kind === 'refused' && (held.reason === 'order-closed' || held.reason === 'id-taken')
  if (!isUsed || id !== undefined) return { order_id: first, held }
  await catalog.expireHold(first)
  const other = newId()
  return { order_id: other, held: await catalog.hold({ ...input, order_id: other }) }
}

type HeldOrder = Readonly<{ order_id: string; held: Held; terms: Terms; goods: Goods }>

/** Adds the fee of the delivery, uses the promotions, and compares the total with the sum that the buyer saw. */
async function priceHeld(
  needs: Needs,
  { request: { buyer, coupon, expected_total }, attempt }: PlaceOrderInput,
  { order_id, held, terms, goods }: HeldOrder,
): Promise<Readonly<{ kind: 'priced'; quote: Quote }> | PriceRefused> {
  const { promotions } = needs
  const delivered = await feeOf(needs.delivery, { held, terms })
  if (delivered.kind === 'refused') return delivered
  const contact = 'contact' in buyer ? buyer.contact : undefined
  const user_id = 'user_id' in buyer ? buyer.user_id : null
  const priced = {
    coupon: coupon ?? goods.cart_coupon,
    lines: held.lines.map(({ product_id, price, quantity }) => ({ product_id, price, quantity })),
    currency: held.currency,
    delivery_fee: delivered.fee,
  }
  const redeemed = await promotions.redeem({
    ...priced,
    order_id,
    buyer: {
      user_id,
      email: contact?.email ?? attempt.email ?? null,
      phone: contact?.phone ?? terms.recipient_phone,
      is_verified: attempt.is_verified,
    },
    requiresCoupon: coupon !== undefined,
    attempted_by: {
      guesser: goods.user_id,
      is_verified: attempt.is_verified || attempt.client_address === null,
      address: attempt.client_address === null ? 'staff' : addressKey(attempt.client_address),
    },
  })
  const shown = { quoted: { ...priced, buyer: quotedBuyerOf({ ...attempt, user_id }) }, expected_total, held }
  if (redeemed.kind === 'refused') return isAboutBuyer(redeemed) ? await refuseSeen(needs, shown, redeemed) : redeemed
  const { quote } = redeemed
  const { total_amount } = quote
  if (expected_total === undefined || expected_total === total_amount) return { kind: 'priced', quote }
  await withdrawUses(needs, order_id, quote)
  return await refuseSeen(needs, shown, priceChanged(total_amount, held.currency))
}

/** The reason shows what the owner of a contact has ordered. */
const isAboutBuyer = (refused: Exclude<RedeemOutcome, { kind: 'redeemed' }>): boolean =>
  refused.reason === 'coupon-not-applicable' && reasonsAboutBuyer.has(refused.coupon_reason)

const reasonsAboutBuyer: ReadonlySet<string> = new Set(['not-first-order', 'used-up-by-you'])

type Quoted = Omit<Parameters<PromotionsApi['quote']>[0], 'facts'>
type Shown = Readonly<{ quoted: Quoted; expected_total: number | undefined; held: Held }>

/**
 * A refusal may show what the owner of a contact has ordered. So it needs the total that a quote names, as any other order does,
 * and an order that would be placed otherwise. All other requests get the same answer for every contact.
 */
async function refuseSeen(
  { promotions, excessOf }: Needs,
  { quoted, expected_total, held }: Shown,
  refusal: PriceRefused,
): Promise<PriceRefused> {
  const shown_total = await quotedTotalOf(promotions, quoted)
  const hasSeen = expected_total === undefined || expected_total === shown_total
  return hasSeen ? ((await excessOf(held.lines)) ?? refusal) : priceChanged(shown_total, held.currency)
}

/** The total that a cart or a quote shows, without the contacts of the order. */
async function quotedTotalOf({ factsOf, quote }: Needs['promotions'], quoted: Quoted): Promise<number> {
  const { total_amount } = await quote({ ...quoted, facts: await factsOf(quoted.buyer) })
  return total_amount
}

const priceChanged = (total_amount: number, currency: string): PriceChanged => ({
  kind: 'refused',
  reason: 'price-changed',
  total_amount,
  currency,
})

/** A fee is due for couriers only. */
async function feeOf(
  { feeOf }: Needs['delivery'],
  { held, terms }: Pick<HeldOrder, 'held' | 'terms'>,
): Promise<FeeOutcome> {
  const { delivery_method, delivery_address } = terms
  if (delivery_method !== 'courier' || delivery_address === null) return { kind: 'quoted', fee: 0 }
  const { total_amount: items_amount, currency } = held
  return await feeOf({ delivery_address, items_amount, currency })
}

async function withdrawUses(
  { promotions }: Pick<Needs, 'promotions'>,
  order_id: string,
  { discounts }: Quote,
): Promise<void> {
  if (discounts.length > 0) await promotions.withdraw(order_id)
}
