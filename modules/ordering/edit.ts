import type { HeldLine, HoldItem } from '#catalog'
import type { Refused } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import type { Quote } from '#promotions/api'
import type { CheckoutState } from './checkout.ts'
import { weightOf, type OrderState } from './order.ts'
import type { Address, DeliveryMethod, Discount, Line } from './schema.ts'

/** A line with the stock that one piece of a bundle holds. */
export type StoredLine = Line & Pick<HeldLine, 'components'>

/** The facts that decide whether staff may edit an order, and what. */
export type EditableOrder = Pick<OrderState, 'payment_method' | 'reason'> &
  Readonly<{
    checkout_state: CheckoutState
    revision: number
    delivery_method: DeliveryMethod
    /** Null in the order of an account. */
    link_version: number | null
  }>

/** The changes of an edit; what is absent stays. */
export type Changes = Readonly<{
  items?: readonly Readonly<{ variant_id: string; quantity: number }>[] | undefined
  delivery_address?: Address | undefined
  recipient_name?: string | undefined
  recipient_phone?: string | undefined
  comment?: string | undefined
  contact?: Readonly<{ email?: string; phone?: string }> | undefined
}>

type EditRefused = Refused<'order-not-editable' | 'order-changed' | 'address-not-used' | 'contact-of-account'>

/** The states of a checkout that waits for its buyer to pay. */
const unpaid: ReadonlySet<CheckoutState> = new Set(['starting-payment', 'awaiting-payment'])

/** An order for cash is accepted at once, and its shipment has copied it. `revision`: the one that the caller has read. */
export function refusalOfEdit(order: EditableOrder, changes: Changes, revision?: number): EditRefused | undefined {
  if (!unpaid.has(order.checkout_state) || order.reason !== null || order.payment_method !== 'online')
    return { kind: 'refused', reason: 'order-not-editable' }
  if (revision !== undefined && revision !== order.revision) return { kind: 'refused', reason: 'order-changed' }
  if (changes.delivery_address !== undefined && order.delivery_method !== 'courier')
    return { kind: 'refused', reason: 'address-not-used' }
  if (changes.contact !== undefined && order.link_version === null)
    return { kind: 'refused', reason: 'contact-of-account' }
  return undefined
}

/** The pieces of each variant, in the order of their first line. */
function piecesOf(lines: readonly Readonly<{ variant_id: string; quantity: number }>[]): Map<string, number> {
  const pieces = new Map<string, number>()
  for (const { variant_id, quantity } of lines) {
    const id = variant_id.toLowerCase()
    pieces.set(id, (pieces.get(id) ?? 0) + quantity)
  }
  return pieces
}

/** The pieces that an edit adds to the lines of an order: they are held before it. */
export function addedTo(lines: readonly StoredLine[], items: NonNullable<Changes['items']>): readonly HoldItem[] {
  const ordered = piecesOf(lines)
  return [...piecesOf(items)].flatMap(([variant_id, requested]) => {
    const quantity = requested - (ordered.get(variant_id) ?? 0)
    return quantity > 0 ? [{ variant_id, quantity }] : []
  })
}

/**
 * The lines of an order with the requested pieces. Pieces that the order has keep the price at which they were sold; `added` have
 * the price of today, so that one variant may have two lines.
 */
export function linesAfter(
  lines: readonly StoredLine[],
  items: NonNullable<Changes['items']>,
  added: readonly HeldLine[],
): readonly StoredLine[] {
  const requested = piecesOf(items)
  const after: StoredLine[] = []
  for (const line of lines) {
    const left = requested.get(line.variant_id.toLowerCase()) ?? 0
    const quantity = Math.min(line.quantity, left)
    requested.set(line.variant_id.toLowerCase(), left - quantity)
    if (quantity > 0) after.push({ ...line, quantity, discount_amount: 0 })
  }
  for (const line of added) {
    const same = after.findIndex((kept) => isSameOffer(kept, line))
    const kept = after[same]
    if (kept) after[same] = { ...kept, quantity: kept.quantity + line.quantity }
    else after.push({ ...line, discount_amount: 0 })
  }
  return after
}

const isSameOffer = (one: StoredLine, other: HeldLine): boolean => offerOf(one) === offerOf(other)

const offerOf = ({ variant_id, sku, title, price, weight_grams, components }: HeldLine): string =>
  canonicalJson({
    variant_id: variant_id.toLowerCase(),
    sku,
    title,
    price,
    weight_grams,
    components: components ?? null,
  })

/** The price columns of an order after an edit, and its lines with their discounts. */
export function pricedAs(
  quote: Quote,
  { lines, discounts }: Readonly<{ lines: readonly StoredLine[]; discounts: readonly Discount[] }>,
) {
  const { items_amount, discount_amount, delivery_fee, delivery_discount, total_amount } = quote
  const amounts = new Map(quote.discounts.map(({ promotion_id, amount }) => [promotion_id, amount]))
  return {
    price: { items_amount, discount_amount, delivery_fee, delivery_discount, total_amount },
    lines: lines.map((line, i) => ({ ...line, discount_amount: quote.line_discounts[i] ?? 0 })),
    // The order keeps the use of a promotion that gives nothing now: a later edit may meet its conditions again.
    discounts: discounts.map((discount) => ({ ...discount, amount: amounts.get(discount.promotion_id) ?? 0 })),
    weight_grams: weightOf(lines),
  }
}

export type PricedEdit = ReturnType<typeof pricedAs>
