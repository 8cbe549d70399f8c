import type { Locale } from '#platform/values'
import { isCancelling, mayCancel, type CreatedOrder } from './order.ts'
import type { OrderSummary, OrderView, TimelineEntry } from './schema.ts'
import type { FoundOrder, ListedOrder, TimelineRow } from './store.ts'

/** `publicUrl` begins the address of the payment page; empty, the address is a path. */
type Presentation = Readonly<{ locale: Locale; publicUrl: string }>

export function presentSummary({ order, lines }: ListedOrder, { locale, publicUrl }: Presentation): OrderSummary {
  const { payment_id, payment_status, shipment_id, shipment_status, user_id: _, ...shown } = order
  const payUrl = order.payment_method === 'online' ? `${publicUrl}/pay/${order.id}` : null
  return {
    ...shown,
    items: lines.map(({ title, ...line }) => ({ ...line, title: title[locale], total: line.price * line.quantity })),
    payment: { id: payment_id, status: payment_status, confirmation_url: payUrl },
    shipment: shipment_id || shipment_status ? { id: shipment_id, status: shipment_status } : null,
    may_cancel: mayCancel(order),
    cancelling: isCancelling(order),
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  }
}

export const presentOrder = (found: Omit<FoundOrder, 'kind'>, presentation: Presentation): OrderView => ({
  ...presentSummary(found, presentation),
  timeline: found.timeline.map(presentEntry),
})

export const presentEntry = ({ at, event, status, reason }: Omit<TimelineRow, 'id' | 'order_id'>): TimelineEntry => ({
  at: at.toISOString(),
  event,
  status,
  reason,
})

/** Presents a new order without reading it back, for the response that is stored with it. */
export const presentCreated = (order: CreatedOrder, presentation: Presentation): OrderView =>
  presentOrder(
    {
      order: {
        ...order,
        updated_at: order.created_at,
        payment_id: null,
        payment_status: null,
        shipment_id: null,
        shipment_status: null,
        reason: null,
      },
      lines: order.lines,
      timeline: [{ at: order.created_at, event: 'order-created', status: 'created', reason: null }],
    },
    presentation,
  )
