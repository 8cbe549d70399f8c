import type { HeldLine } from '#catalog'
import type { Refused } from '#platform/outcome'
import type { Quote } from '#promotions/api'
import type { CheckoutEffect } from './checkout.ts'
import { orderStatuses, type DeliveryMethod, type Line, type OrderStatus, type PaymentMethod } from './schema.ts'
import type { Discount, OperatorStep, Terms, TimelineEntry } from './schema.ts'

/** `total_amount = items_amount - discount_amount + delivery_fee`; a CHECK says the same. */
type PriceColumn = 'items_amount' | 'discount_amount' | 'delivery_fee' | 'delivery_discount' | 'total_amount'

/** An order as it is placed. Its later states are read as rows: see `OrderState`. */
export type CreatedOrder = Terms &
  Pick<Quote, PriceColumn> &
  Readonly<{
    status: 'created'
    id: string
    number: string
    user_id: string
    contact_email: string | null
    contact_phone: string | null
    link_version: number | null
    lines: readonly Line[]
    currency: string
    coupon: string | null
    discounts: readonly Discount[]
    created_at: Date
  }>

/** A new order before it has its number. */
export type UnnumberedOrder = Omit<CreatedOrder, 'number'>

/** The delivery methods that this shop can carry out today. */
const offeredMethods: Readonly<Record<DeliveryMethod, boolean>> = { pickup: true, courier: true, cdek: false }

type Offered = Readonly<{ cashOnDelivery: boolean }>

/** Refuses terms that no order can have, before any stock is held. */
export function refusalOf(
  terms: Terms,
  { cashOnDelivery }: Offered,
): Refused<'address-missing' | 'method-unavailable' | 'pickup-point-not-used'> | undefined {
  const isOffered = offeredMethods[terms.delivery_method] && (cashOnDelivery || terms.payment_method === 'online')
  if (!isOffered) return { kind: 'refused', reason: 'method-unavailable' }
  if (terms.delivery_method === 'courier' && terms.delivery_address === null) {
    return { kind: 'refused', reason: 'address-missing' }
  }
  if (terms.delivery_method !== 'pickup' && terms.pickup_point_id !== null) {
    return { kind: 'refused', reason: 'pickup-point-not-used' }
  }
  return undefined
}

type Identity = Pick<CreatedOrder, 'id' | 'user_id' | 'contact_email' | 'contact_phone' | 'link_version'>
type Held = Readonly<{ lines: readonly HeldLine[]; currency: string }>
/** `quote`: the price of the held lines, with the discount of each. */
type Placement = Readonly<{ terms: Terms; held: Held; quote: Quote; now: Date }>

/** Makes the order of the held stock at its price. */
export function place(identity: Identity, { terms, held, quote, now }: Placement): UnnumberedOrder {
  const {
    payment_method,
    delivery_method,
    pickup_point_id,
    delivery_address,
    recipient_name,
    recipient_phone,
    comment,
  } = terms
  const { items_amount, discount_amount, delivery_fee, delivery_discount, total_amount } = quote
  const price = { items_amount, discount_amount, delivery_fee, delivery_discount, total_amount }
  const agreed = {
    payment_method,
    delivery_method,
    pickup_point_id,
    delivery_address,
    recipient_name,
    recipient_phone,
    comment,
  }
  return {
    ...identity,
    ...agreed,
    ...price,
    lines: held.lines.map(({ components: _, ...line }, i) => ({
      ...line,
      discount_amount: quote.line_discounts[i] ?? 0,
    })),
    currency: held.currency,
    coupon: quote.coupon && quote.coupon.reason === null ? quote.coupon.code : null,
    discounts: quote.discounts.map(({ promotion_id, code, name, amount }) => ({ promotion_id, code, name, amount })),
    status: 'created',
    created_at: now,
  }
}

const nextStatuses: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  created: ['processing', 'cancelled'],
  processing: ['paid', 'shipping', 'cancelled'],
  paid: ['shipping', 'cancelled'],
  shipping: ['fulfilled', 'cancelled'],
  fulfilled: [],
  cancelled: [],
}

/** True when `to` may follow `from` directly. */
export const leadsTo = (from: OrderStatus, to: OrderStatus): boolean => nextStatuses[from].includes(to)

/** True for a status that no other status follows. */
export const isOver = (status: OrderStatus): boolean => nextStatuses[status].length === 0

/** True for a status with which an order ceases to be open: its money has arrived, or it needs none. */
export const hasEndedOpen = (status: OrderStatus): boolean => status === 'paid' || isOver(status)

/** The facts that decide what can still be done with an order. `reason` is set while it is being cancelled, too. */
export type OrderState = Readonly<{
  status: OrderStatus
  reason: string | null
  shipment_status: string | null
  payment_method: PaymentMethod
}>

/** True once an order is fulfilled, cancelled or being cancelled. */
export const isClosed = ({ status, reason }: Pick<OrderState, 'status' | 'reason'>): boolean =>
  isOver(status) || reason !== null

/** True from the first step of a cancellation until the order is cancelled. */
export const isCancelling = ({ status, reason }: Pick<OrderState, 'status' | 'reason'>): boolean =>
  !isOver(status) && reason !== null

/** Shipment statuses in which an order can still be cancelled; later the buyer returns the parcel. */
const recallable: ReadonlySet<string | null> = new Set([null, 'pending', 'ready_for_pickup', 'cancelled'])

/** True while a customer or staff may cancel the order. */
export const mayCancel = (order: OrderState): boolean => !isClosed(order) && recallable.has(order.shipment_status)

type Acceptance = Pick<OrderState, 'status' | 'payment_method'>

/** True once the order is paid or accepted for cash, until it is shipped. */
const isAccepted = ({ status, payment_method }: Acceptance): boolean =>
  status === 'paid' || (status === 'processing' && payment_method === 'cash_on_delivery')

/** True for an open order that may have a shipment. Its checkout then cancels the shipment before it cancels the order. */
export const isShippable = (order: Pick<OrderState, 'status' | 'payment_method' | 'reason'>): boolean =>
  !isClosed(order) && (isAccepted(order) || order.status === 'shipping')

/**
 * The statuses that staff may give an order by hand. Payments alone moves money, so `paid` is not among them. An order whose
 * shipment failed is about to be cancelled and refunded: it is not fulfilled any more.
 */
export function statusesByHand(order: OrderState): readonly OrderStatus[] {
  const { status, shipment_status } = order
  if (isClosed(order)) return []
  const onward: OrderStatus[] = isAccepted(order)
    ? ['shipping']
    : status === 'shipping' && !hasFailed(shipment_status)
      ? ['fulfilled']
      : []
  return mayCancel(order) ? [...onward, 'cancelled'] : onward
}

/** The steps that an operator may take with an order; none unless its checkout is stuck. */
export const operatorStepsOf = (order: OrderState, isStuck: boolean): readonly OperatorStep[] =>
  isStuck ? ['resend', ...(mayCancel(order) ? (['compensate'] as const) : [])] : []

/** Grams of the whole order. */
export const weightOf = (lines: readonly Pick<Line, 'weight_grams' | 'quantity'>[]): number =>
  lines.reduce((sum, line) => sum + line.weight_grams * line.quantity, 0)

/** `is_event`: the event made it; other entries are the statuses that followed from the event. */
type Entry = Omit<TimelineEntry, 'at'> & Readonly<{ is_event: boolean }>

/** The statuses that one step of the checkout leads an order through, and the entries for its timeline. */
export type Progress = Readonly<{
  status: OrderStatus
  moves: readonly (readonly [from: OrderStatus, to: OrderStatus])[]
  timeline: readonly Entry[]
}>

const statusAfter: Readonly<Record<CheckoutEffect, OrderStatus | null>> = {
  'request-payment': null,
  'cancel-payment-unless-paid': null,
  'refund-or-cancel-payment': null,
  'request-shipment': null,
  'cancel-shipment': null,
  'mark-processing': 'processing',
  'mark-paid': 'paid',
  'mark-shipping': 'shipping',
  'mark-fulfilled': 'fulfilled',
  'mark-cancelled': 'cancelled',
}

type Step = Readonly<{
  effects: readonly CheckoutEffect[]
  reason: string | null
  /** The entry for the timeline, and the status of the shipment that belongs to it. */
  event?: string | undefined
  shipment_status?: string | undefined
  /** The sum of a refund in minor units. */
  amount?: number | undefined
  /** The words of the person who cancels. */
  given_reason?: string | undefined
}>

/** Statuses after which a shipment is not on its way again. */
const endedShipment: ReadonlySet<string> = new Set(['delivered', 'failed', 'returned', 'cancelled'])

/** The status of a shipment after a report. A late report does not set an ended shipment back. */
export const shipmentStatusAfter = (current: string | null, reported: string | undefined): string | null =>
  reported === undefined || (current !== null && endedShipment.has(current) && !endedShipment.has(reported))
    ? current
    : reported

/** True for the status of a shipment whose customer does not get the goods: they are in the shop, or come back to it. */
const hasFailed = (status: string | null): boolean =>
  status === 'failed' || status === 'returned' || status === 'cancelled'

/** Shipment statuses in which the goods are in the shop, or come back to it. */
const backInShop: ReadonlySet<string | null> = new Set([...recallable, 'failed', 'returned'])

type StatusFacts = Pick<OrderState, 'status' | 'payment_method' | 'shipment_status'>

/**
 * The rule that a status would break although it may follow: the money comes before the goods, and the goods come back before
 * an order is cancelled. The table of the checkout keeps these rules by its sequence; here they do not depend on it.
 */
function brokenRule({ status, payment_method, shipment_status }: StatusFacts, to: OrderStatus): string | undefined {
  if (to === 'paid' && payment_method !== 'online') return 'Cash is collected when the order is handed over'
  if (to === 'shipping' && !isAccepted({ status, payment_method })) return 'Its payment is missing'
  if (to === 'cancelled' && !backInShop.has(shipment_status)) return `Its shipment is ${shipment_status}`
  return undefined
}

/**
 * Applies the effects of a step to an order. An effect means "at least": an order that has the status already, or a later
 * one, keeps its own. Throws when the status cannot follow, because then the table of the checkout is wrong.
 */
export function progress(order: StatusFacts, step: Step): Progress {
  const { status } = order
  const shipped = { ...order, shipment_status: shipmentStatusAfter(order.shipment_status, step.shipment_status) }
  const moves: [OrderStatus, OrderStatus][] = []
  let now = status
  for (const effect of step.effects) {
    const to = statusAfter[effect]
    if (to === null || isAtLeast(now, to)) continue
    const broken = leadsTo(now, to) ? brokenRule({ ...shipped, status: now }, to) : 'It does not follow'
    if (broken !== undefined) throw new Error(`The order cannot go from ${now} to ${to}. ${broken}`)
    moves.push([now, to])
    now = to
  }
  const { event, shipment_status = null, amount = null, given_reason = null, reason } = step
  const first =
    event === undefined ? [] : [{ event, status, reason: given_reason, shipment_status, amount, is_event: true }]
  return { status: now, moves, timeline: [...first, ...moves.map(([, to]) => entryOf(to, reason))] }
}

const entryOf = (status: OrderStatus, reason: string | null): Entry => ({
  event: `order-${status}`,
  status,
  reason: status === 'cancelled' ? reason : null,
  shipment_status: null,
  amount: null,
  is_event: false,
})

const isAtLeast = (status: OrderStatus, to: OrderStatus) =>
  status === to ||
  (status !== 'cancelled' && to !== 'cancelled' && orderStatuses.indexOf(status) > orderStatuses.indexOf(to))
