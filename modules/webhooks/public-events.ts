import { Type, type Static, type TObject } from 'typebox'
import { productCreated, productDeactivated, productUpdated, variantStockChanged } from '#catalog/events'
import { orderCancelled, orderCreated, orderFulfilled, orderPaid, orderStatusChanged } from '#ordering/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentRefundRefused } from '#payments/events'
import type { EventDefinition } from '#platform/events'

/** An event that leaves the shop, and the fields of its payload that other programs receive. */
// oxlint-disable-next-line no-explicit-any -- any version of any event
export type PublicEvent = Readonly<{ event: EventDefinition<string, any>; fields: readonly string[]; data: TObject }>

function expose<Payload extends TObject>(
  event: EventDefinition<string, Payload>,
  fields: readonly Extract<keyof Static<Payload>, string>[],
): PublicEvent {
  return { event, fields, data: Type.Pick(event.payload, fields as never) as unknown as TObject }
}

const payment = ['payment_id', 'subject_type', 'subject_id', 'status', 'amount', 'currency', 'provider'] as const

/**
 * Every event that an endpoint may receive. No field names a person, not even by an id: a program that needs the buyer reads
 * the order with a token of its own.
 */
export const publicEvents: readonly PublicEvent[] = [
  expose(productCreated, ['product_id', 'type', 'name']),
  expose(productUpdated, ['product_id']),
  expose(productDeactivated, ['product_id']),
  expose(variantStockChanged, ['variant_id', 'product_id', 'on_hand', 'reserved', 'stock_quantity']),
  expose(orderCreated, [
    'order_id',
    'number',
    'items',
    'total_amount',
    'currency',
    'payment_method',
    'delivery_method',
  ]),
  expose(orderPaid, ['order_id', 'payment_id']),
  expose(orderStatusChanged, ['order_id', 'from', 'to', 'reason']),
  expose(orderCancelled, ['order_id', 'reason']),
  expose(orderFulfilled, ['order_id', 'payment_method']),
  expose(paymentCompleted, [...payment, 'transaction_id']),
  expose(paymentFailed, ['payment_id', 'subject_type', 'subject_id', 'status', 'reason']),
  expose(paymentRefunded, [...payment, 'refund_id', 'refund_amount', 'refunded_amount', 'fully_refunded']),
  expose(paymentRefundRefused, [...payment, 'refund_id', 'refund_amount', 'reason']),
]

export const eventTypes: readonly string[] = publicEvents.map(({ event }) => event.type)

/** Sent to one endpoint when staff test it; no endpoint subscribes to it. */
export const pingType = 'webhooks.ping.v1'

type Facts = Readonly<{ type: string; timestamp: string; data: object }>

/** The body of a request, as Standard Webhooks recommends it. */
export const bodyOf = ({ type, timestamp, data }: Facts): string => JSON.stringify({ type, timestamp, data })

/** The public part of a payload. */
export const dataOf = ({ fields }: PublicEvent, payload: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(fields.flatMap((field) => (payload[field] === undefined ? [] : [[field, payload[field]]])))
