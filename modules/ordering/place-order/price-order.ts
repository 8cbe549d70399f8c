import type { HoldOutcome } from '#catalog'
import type { DeliveryApi, FeeOutcome } from '#delivery/api'
import { addressKey } from '#platform/limits'
import type { Refused } from '#platform/outcome'
import type { PromotionsApi, Quote, RedeemOutcome } from '#promotions/api'
import type { Contact } from '../request-schema.ts'
import type { Terms } from '../schema.ts'

type Needs = Readonly<{
  promotions: Pick<PromotionsApi, 'redeem' | 'withdraw'>
  delivery: Pick<DeliveryApi, 'feeOf'>
}>

type Held = Extract<HoldOutcome, { kind: 'held' }>

/** An order whose goods are held. */
type HeldOrder = Readonly<{
  order_id: string
  held: Held
  terms: Pick<Terms, 'delivery_method' | 'delivery_address' | 'recipient_phone'>
  /** The e-mail of the account. */
  email: string | undefined
  /** The account, or the cart of a guest. */
  guesser: string
  buyer: Readonly<{ user_id: string }> | Readonly<{ contact: Contact | undefined }>
  /** The code in the request. */
  coupon: string | undefined
  /** The code in the cart that the order takes. */
  cart_coupon: string | null
  expected_total: number | undefined
  client_address: string
}>

type PriceChanged = Refused<'price-changed'> & Readonly<{ total_amount: number; currency: string }>
type PriceOrderOutcome =
  | Readonly<{ kind: 'priced'; quote: Quote }>
  | Exclude<RedeemOutcome, { kind: 'redeemed' }>
  | Exclude<FeeOutcome, { kind: 'quoted' }>
  | PriceChanged

/** Adds the fee of the delivery, uses the promotions, and compares the total with the sum that the buyer saw. */
export async function priceOrder({ promotions, delivery }: Needs, order: HeldOrder): Promise<PriceOrderOutcome> {
  const { order_id, held, buyer, expected_total } = order
  const delivered = await feeOf(delivery, order)
  if (delivered.kind === 'refused') return delivered
  const contact = 'contact' in buyer ? buyer.contact : undefined
  const user_id = 'user_id' in buyer ? buyer.user_id : null
  const redeemed = await promotions.redeem({
    order_id,
    buyer: {
      user_id,
      email: contact?.email ?? order.email ?? null,
      phone: contact?.phone ?? order.terms.recipient_phone,
    },
    coupon: order.coupon ?? order.cart_coupon,
    lines: held.lines.map(({ product_id, price, quantity }) => ({ product_id, price, quantity })),
    currency: held.currency,
    delivery_fee: delivered.fee,
    requiresCoupon: order.coupon !== undefined,
    attempted_by: { guesser: order.guesser, address: addressKey(order.client_address) },
  })
  if (redeemed.kind === 'refused') return redeemed
  const { quote } = redeemed
  const { total_amount } = quote
  if (expected_total === undefined || expected_total === total_amount) return { kind: 'priced', quote }
  await withdrawPrice({ promotions }, order_id, quote)
  return { kind: 'refused', reason: 'price-changed', total_amount, currency: held.currency }
}

/** A fee is due for couriers only. */
async function feeOf({ feeOf }: Needs['delivery'], { held, terms }: HeldOrder): Promise<FeeOutcome> {
  const { delivery_method, delivery_address } = terms
  if (delivery_method !== 'courier' || delivery_address === null) return { kind: 'quoted', fee: 0 }
  const { total_amount: items_amount, currency } = held
  return await feeOf({ delivery_address, items_amount, currency })
}

/** Returns the uses of an order that was refused after it was priced. */
export async function withdrawPrice(
  { promotions }: Readonly<{ promotions: Pick<PromotionsApi, 'withdraw'> }>,
  order_id: string,
  { discounts }: Quote,
): Promise<void> {
  if (discounts.length > 0) await promotions.withdraw(order_id)
}
