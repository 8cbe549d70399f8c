import type { CheckoutEffect } from './checkout.ts'
import { leadsTo, statuses, type Status } from './order.ts'

type Entry = Readonly<{ event: string; status: Status; reason: string | null }>
export type Progress = Readonly<{
  status: Status
  moves: readonly (readonly [from: Status, to: Status])[]
  timeline: readonly Entry[]
}>

const target: Readonly<Partial<Record<CheckoutEffect, Status>>> = {
  'order-processing': 'processing',
  'order-paid': 'paid',
  'order-shipping': 'shipping',
  'order-fulfilled': 'fulfilled',
  'order-cancelled': 'cancelled',
}

/**
 * Follows the effects of a step from `status` on. An effect means "at least": an order that is already there, or past
 * it, stays. Throws when the life of an order leads there by no way: the checkout's table would be wrong.
 */
export function progress(
  status: Status,
  {
    effects,
    reason,
    happened,
  }: { effects: readonly CheckoutEffect[]; reason: string | null; happened?: string | undefined },
): Progress {
  const moves: [Status, Status][] = []
  let now = status
  for (const effect of effects) {
    const to = target[effect]
    if (to === undefined || isAtLeast(now, to)) continue
    if (!leadsTo(now, to)) throw new Error(`No order goes from ${now} to ${to}`)
    moves.push([now, to])
    now = to
  }
  const said = happened === undefined ? [] : [{ event: happened, status, reason: null }]
  const stepped = moves.map(([, to]) => ({
    event: `order-${to}`,
    status: to,
    reason: to === 'cancelled' ? reason : null,
  }))
  return { status: now, moves, timeline: [...said, ...stepped] }
}

const isAtLeast = (status: Status, to: Status) =>
  status === to || (status !== 'cancelled' && to !== 'cancelled' && statuses.indexOf(status) > statuses.indexOf(to))
