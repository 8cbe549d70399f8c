import type { NotFound } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { OrderAccess } from './order-access.ts'
import type { OrderLinks } from './order-links.ts'
import { isCancelling, mayCancel, type CreatedOrder } from './order.ts'
import type { DraftView } from './request-schema.ts'
import type {
  AdminOrderSummary,
  AdminOrderView,
  Line,
  OrderNote,
  OrderSummary,
  OrderView,
  TimelineEntry,
} from './schema.ts'
import type { DraftRow, NoteRow, OrderRow, shownColumns, TimelineRow } from './store.ts'
import { isForBuyer } from './timeline.ts'

export type ListedOrder = Readonly<{
  order: Pick<OrderRow, (typeof shownColumns)[number]>
  lines: readonly Line[]
  /** The end of the time to pay; null when the order waits for no payment. */
  pay_until: Date | null
}>
type Entry = Omit<TimelineRow, 'order_id' | 'number' | 'event_id'>
export type FoundOrder = ListedOrder & Readonly<{ kind: 'found'; timeline: readonly Entry[] }>

/** Finds an order that `access` opens; without it, for staff, any order. */
export type ShowOrder = (order_id: string, access?: OrderAccess) => Promise<FoundOrder | NotFound>

/** Returns the address of the page where the buyer pays for an order. */
export type PayUrlOf = (order_id: string) => string

type Presentation = Readonly<{ locale: Locale; payUrlOf: PayUrlOf }>

export function orderSummaryOf(
  { order, lines, pay_until }: ListedOrder,
  { locale, payUrlOf }: Presentation,
): OrderSummary {
  const { payment_id, payment_status, shipment_id, shipment_status, ...rest } = order
  const {
    user_id: _id,
    contact_email: _email,
    contact_phone: _phone,
    link_version: _version,
    revision: _,
    ...shown
  } = rest
  const payUrl = order.payment_method === 'online' && order.total_amount > 0 ? payUrlOf(order.id) : null
  return {
    ...shown,
    items: lines.map(({ title, ...line }) => ({
      ...line,
      title: title[locale],
      total: line.price * line.quantity - line.discount_amount,
    })),
    // After an edit a promotion of the order may give nothing.
    discounts: order.discounts
      .filter(({ amount }) => amount > 0)
      .map(({ name, ...discount }) => ({ ...discount, name: name[locale] })),
    payment: { id: payment_id, status: payment_status, confirmation_url: payUrl },
    pay_until: pay_until?.toISOString() ?? null,
    shipment: shipment_id || shipment_status ? { id: shipment_id, status: shipment_status } : null,
    may_cancel: mayCancel(order),
    cancelling: isCancelling(order),
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  }
}

/** The view for the buyer. A guest gets the token of her link. */
export function orderViewOf(
  found: Omit<FoundOrder, 'kind'>,
  presentation: Presentation & Readonly<{ orderLinks: OrderLinks }>,
): OrderView {
  const { id: order_id, link_version } = found.order
  return {
    ...orderSummaryOf(found, presentation),
    link_token: link_version === null ? null : presentation.orderLinks.tokenOf({ order_id, link_version }),
    timeline: found.timeline.filter(isForBuyer).map(timelineEntryOf),
  }
}

/** The accounts of buyers by their ids. */
type Accounts = ReadonlyMap<string, Readonly<{ name: string; email: string | null }>>

const buyerOf = (order: ListedOrder['order'], accounts: Accounts) => {
  const { user_id, contact_email, contact_phone, link_version } = order
  const { name = null, email = contact_email } = accounts.get(user_id) ?? {}
  return { user_id, is_guest: link_version !== null, name, email, phone: contact_phone }
}

export const adminOrderSummaryOf = (
  listed: ListedOrder,
  presentation: Presentation & Readonly<{ accounts: Accounts }>,
): AdminOrderSummary => ({
  ...orderSummaryOf(listed, presentation),
  buyer: buyerOf(listed.order, presentation.accounts),
})

/** `accounts` has the buyer and the authors of the notes. */
export const adminOrderViewOf = (
  found: Omit<FoundOrder, 'kind'> & Readonly<{ notes: readonly NoteRow[] }>,
  presentation: Presentation & Readonly<{ accounts: Accounts }>,
): AdminOrderView => ({
  ...orderSummaryOf(found, presentation),
  revision: found.order.revision,
  timeline: found.timeline.map(timelineEntryOf),
  buyer: buyerOf(found.order, presentation.accounts),
  notes: found.notes.map((note) => noteViewOf(note, presentation.accounts)),
})

export const noteViewOf = ({ id, text, user_id, created_at }: NoteRow, authors: Accounts): OrderNote => ({
  id,
  text,
  user_id,
  author: user_id === null ? null : (authors.get(user_id)?.name ?? null),
  created_at: created_at.toISOString(),
})

export const timelineEntryOf = ({ at, event, status, reason, shipment_status, amount }: Entry): TimelineEntry => ({
  at: at.toISOString(),
  event,
  status,
  reason,
  shipment_status,
  amount,
})

export const draftViewOf = ({ created_at, updated_at, ...draft }: DraftRow): DraftView => ({
  ...draft,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})

/** A new order as a read would find it: the response that is stored with it needs no read. */
export const asFound = (order: CreatedOrder): Omit<FoundOrder, 'kind'> => ({
  order: {
    ...order,
    updated_at: order.created_at,
    payment_id: null,
    payment_status: null,
    shipment_id: null,
    shipment_status: null,
    reason: null,
    revision: 1,
  },
  lines: order.lines,
  pay_until: null,
  timeline: [
    {
      at: order.created_at,
      event: 'order-created',
      status: 'created',
      reason: null,
      shipment_status: null,
      amount: null,
    },
  ],
})
