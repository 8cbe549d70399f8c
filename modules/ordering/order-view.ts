import { Type, type Static } from 'typebox'
import type { Locale } from '#platform/values'
import { Address } from './events.ts'
import { orderExample } from './examples.ts'
import { isOver, mayCancel, statuses, type Created, type Line, type Status } from './order.ts'
import type { ShownOrder } from './order-rows.ts'

const Id = Type.String({ format: 'uuid' })
const Time = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'Minor units of the currency' })
const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])
const StatusName = Type.Enum([...statuses])

export const TimelineEntry = Type.Object({
  at: Time,
  event: Type.String({ description: 'What happened: order-created, payment-completed, order-shipping …' }),
  status: StatusName,
  reason: nullable(Type.String()),
})

const summary = {
  id: Id,
  number: Type.String({ description: 'For people: 2026-7K3M9Q' }),
  status: StatusName,
  total_amount: Amount,
  currency: Type.String(),
  items: Type.Array(
    Type.Object({
      variant_id: Id,
      product_id: Id,
      sku: Type.String(),
      title: Type.String(),
      quantity: Type.Integer(),
      price: Amount,
      total: Amount,
      weight_grams: Type.Integer(),
    }),
  ),
  payment_method: Type.Enum(['online', 'cash_on_delivery']),
  delivery_method: Type.Enum(['pickup', 'courier', 'cdek']),
  delivery_address: Type.Union([Address, Type.Null()]),
  recipient_name: nullable(Type.String()),
  recipient_phone: nullable(Type.String()),
  comment: nullable(Type.String()),
  payment: Type.Object({
    id: nullable(Id),
    status: nullable(Type.String()),
    confirmation_url: nullable(Type.String({ description: 'Where the buyer pays; null for cash.' })),
  }),
  shipment: Type.Union([Type.Object({ id: nullable(Id), status: nullable(Type.String()) }), Type.Null()]),
  may_cancel: Type.Boolean(),
  cancelling: Type.Boolean({ description: 'A cancellation is on its way: money and shipment are being taken back.' }),
  cancel_reason: nullable(Type.String()),
  created_at: Time,
  updated_at: Time,
}

/** An order in a list. */
export const OrderSummary = Type.Object(summary)
/** An order with everything that happened to it. */
export const OrderView = Type.Object({ ...summary, timeline: Type.Array(TimelineEntry) }, { examples: [orderExample] })

export type Entry = Readonly<{ at: Date; event: string; status: Status; reason: string | null }>
export type FoundOrder = Readonly<{ order: ShownOrder; lines: readonly Line[]; timeline: readonly Entry[] }>

/** Finds an order for whom it belongs to: without `user_id`, for staff. Throws 404. */
export type ShowOrder = (order_id: string, user_id?: string) => Promise<FoundOrder>

type Summarized = Omit<FoundOrder, 'timeline'> & { locale: Locale }

export function presentSummary({ order, lines, locale }: Summarized): Static<typeof OrderSummary> {
  const { payment_id, payment_status, shipment_id, shipment_status, user_id: _, ...shown } = order
  const online = order.payment_method === 'online'
  return {
    ...shown,
    items: lines.map(({ title, ...line }) => ({ ...line, title: title[locale], total: line.price * line.quantity })),
    payment: { id: payment_id, status: payment_status, confirmation_url: online ? `/pay/${order.id}` : null },
    shipment: shipment_id || shipment_status ? { id: shipment_id, status: shipment_status } : null,
    may_cancel: order.cancel_reason === null && mayCancel(order),
    cancelling: order.cancel_reason !== null && !isOver(order.status),
    created_at: order.created_at.toISOString(),
    updated_at: order.updated_at.toISOString(),
  }
}

export const presentOrder = (shown: FoundOrder & { locale: Locale }): Static<typeof OrderView> => ({
  ...presentSummary(shown),
  timeline: shown.timeline.map(presentEntry),
})

export const presentEntry = ({ at, event, status, reason }: Entry): Static<typeof TimelineEntry> => ({
  at: at.toISOString(),
  event,
  status,
  reason,
})

/** An order in the moment of its birth, for the answer that is kept with it. */
export const presentCreated = (order: Created, locale: Locale): Static<typeof OrderView> =>
  presentOrder({
    order: {
      ...order,
      updated_at: order.created_at,
      payment_id: null,
      payment_status: null,
      shipment_id: null,
      shipment_status: null,
      cancel_reason: null,
    },
    lines: order.lines,
    timeline: [{ at: order.created_at, event: 'order-created', status: 'created', reason: null }],
    locale,
  })
