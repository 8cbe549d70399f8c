import type { CheckoutEffect } from './checkout.ts'
import { leadsTo } from './order.ts'
import { orderStatuses, type OrderStatus } from './schema.ts'

type Entry = Readonly<{ event: string; status: OrderStatus; reason: string | null }>

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

const eventOf: Readonly<Record<OrderStatus, string>> = {
  created: 'order-created',
  processing: 'order-processing',
  paid: 'order-paid',
  shipping: 'order-shipping',
  fulfilled: 'order-fulfilled',
  cancelled: 'order-cancelled',
}

type Step = Readonly<{ effects: readonly CheckoutEffect[]; reason: string | null; event?: string | undefined }>

/**
 * Applies the effects of a step to an order in `status`. An effect means "at least": an order that has the status already,
 * or a later one, keeps its own. Throws when no such move exists, because then the table of the checkout is wrong.
 */
export function progress(status: OrderStatus, { effects, reason, event }: Step): Progress {
  const moves: [OrderStatus, OrderStatus][] = []
  let now = status
  for (const effect of effects) {
    const to = statusAfter[effect]
    if (to === null || isAtLeast(now, to)) continue
    if (!leadsTo(now, to)) throw new Error(`No order goes from ${now} to ${to}`)
    moves.push([now, to])
    now = to
  }
  const first = event === undefined ? [] : [{ event, status, reason: null }]
  const rest = moves.map(([, to]) => ({ event: eventOf[to], status: to, reason: to === 'cancelled' ? reason : null }))
  return { status: now, moves, timeline: [...first, ...rest] }
}

const isAtLeast = (status: OrderStatus, to: OrderStatus) =>
  status === to ||
  (status !== 'cancelled' && to !== 'cancelled' && orderStatuses.indexOf(status) > orderStatuses.indexOf(to))
