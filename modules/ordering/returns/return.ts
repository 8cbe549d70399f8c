import type { Refused } from '#platform/outcome'
import { after, days } from '#platform/values'
import type { OrderStatus } from '../schema.ts'
import type { PieceCount, ReturnItem, ReturnStatus } from './schema.ts'

const nextStatuses: Readonly<Record<ReturnStatus, readonly ReturnStatus[]>> = {
  requested: ['approved', 'refused'],
  approved: ['received', 'refused'],
  refused: [],
  received: ['refunding', 'refunded'],
  // The bank may refuse the refund: staff then refund again.
  refunding: ['refunded', 'received'],
  refunded: [],
}

/** True when `to` may follow `from` directly. */
export const leadsTo = (from: ReturnStatus, to: ReturnStatus): boolean => nextStatuses[from].includes(to)

type StatusRefused = Refused<'return-status-not-allowed'> & Readonly<{ return_status: ReturnStatus }>
export type StepRefused = StatusRefused

/** Decides whether staff may give a return a status. A repeat changes nothing. */
export function decideStep(
  from: ReturnStatus,
  to: 'approved' | 'refused',
): Readonly<{ kind: 'changed' | 'unchanged' }> | StatusRefused {
  if (from === to) return { kind: 'unchanged' }
  return leadsTo(from, to)
    ? { kind: 'changed' }
    : { kind: 'refused', reason: 'return-status-not-allowed', return_status: from }
}

/** A line of an order. `returned_quantity` pieces are in returns, for which `returned_amount` is due or refunded. */
export type SoldLine = Readonly<{
  position: number
  variant_id: string
  price: number
  quantity: number
  discount_amount: number
  returned_quantity: number
  returned_amount: number
}>

/** `missed_quantity`: pieces of returns that were requested in time and did not come, less those of returns after that time. */
export type ReturnableLine = SoldLine & Readonly<{ missed_quantity: number }>

type SoldOrder = Readonly<{ status: OrderStatus; fulfilled_at: Date | null; lines: readonly ReturnableLine[] }>

/** The moment after which only missed pieces of an order come back; null for an order that its buyer does not have. */
export const returnableUntil = ({ status, fulfilled_at }: Omit<SoldOrder, 'lines'>, window_days: number): Date | null =>
  status === 'fulfilled' && fulfilled_at ? after(fulfilled_at, days(window_days)) : null

export type RequestRefused =
  | Refused<'order-not-fulfilled'>
  | (Refused<'return-window-over' | 'pieces-not-returnable'> & Readonly<{ items: readonly ReturnItem[] }>)

type Requested = Readonly<{
  kind: 'requested'
  lines: readonly Readonly<{ position: number; variant_id: string; quantity: number }>[]
}>
type Request = Readonly<{ items: readonly ReturnItem[]; window_days: number; now: Date }>

/**
 * Decides whether a buyer may send back these pieces: of a fulfilled order, in time, and none that comes back already. Pieces
 * that she asked in time to return, and that were missing then, may come at any later time.
 */
export function decideRequest(order: SoldOrder, { items, window_days, now }: Request): Requested | RequestRefused {
  const until = returnableUntil(order, window_days)
  if (until === null) return { kind: 'refused', reason: 'order-not-fulfilled' }
  const isOver = now >= until
  const requested = quantitiesOf(items)
  const left = returnableItems(order.lines, { isOver })
  const areLeft = [...requested].every(([id, quantity]) => quantity <= (left.get(id) ?? 0))
  if (!areLeft) {
    const returnable = [...left].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    return { kind: 'refused', reason: isOver ? 'return-window-over' : 'pieces-not-returnable', items: returnable }
  }
  const lines = order.lines.flatMap((line) => {
    const { position, variant_id } = line
    const quantity = take(requested, variant_id, leftOf(line, isOver))
    return quantity === 0 ? [] : [{ position, variant_id, quantity }]
  })
  return { kind: 'requested', lines }
}

type Returnable = Pick<ReturnableLine, 'variant_id' | 'quantity' | 'returned_quantity' | 'missed_quantity'>

const leftOf = ({ quantity, returned_quantity, missed_quantity }: Returnable, isOver: boolean): number => {
  const left = quantity - returned_quantity
  return isOver ? Math.min(left, missed_quantity) : left
}

/** How many pieces of each variant may come back. `isOver`: the time to return is over. */
export const returnableItems = (
  lines: readonly Returnable[],
  { isOver }: Readonly<{ isOver: boolean }>,
): ReadonlyMap<string, number> =>
  quantitiesOf(lines.map((line) => ({ variant_id: line.variant_id, quantity: leftOf(line, isOver) })))

/** The pieces of each variant. Buyer and staff count by variant, of which an order has a line for each price. */
function quantitiesOf(items: readonly ReturnItem[]): Map<string, number> {
  const quantities = new Map<string, number>()
  for (const { variant_id, quantity } of items) {
    const id = variant_id.toLowerCase()
    quantities.set(id, (quantities.get(id) ?? 0) + quantity)
  }
  return quantities
}

/** Takes pieces of a variant, as many as there are and at most `limit`, and returns how many. */
function take(quantities: Map<string, number>, variant_id: string, limit: number): number {
  const there = quantities.get(variant_id) ?? 0
  const taken = Math.min(there, limit)
  quantities.set(variant_id, there - taken)
  return taken
}

/**
 * The sum that was paid for the first `pieces` of a line. All pieces are the whole sum, so returns of single pieces add up to it, to
 * the minor unit. `total * pieces` may exceed the safe integers; neither product here does.
 */
export function paidFor(pieces: number, line: Pick<SoldLine, 'price' | 'quantity' | 'discount_amount'>): number {
  const total = line.price * line.quantity - line.discount_amount
  const each = Math.floor(total / line.quantity)
  return each * pieces + Math.floor(((total % line.quantity) * pieces) / line.quantity)
}

/** A line of a return. `received_before`: pieces of it that came with other returns. */
export type ReturnedLine = SoldLine & Readonly<{ requested: number; received_before: number }>

export type CountedLine = Readonly<{
  position: number
  variant_id: string
  sellable: number
  damaged: number
  missing: number
  amount: number
}>
type Received = Readonly<{ kind: 'received'; lines: readonly CountedLine[]; refundable_amount: number }>
export type CountsDiffer = Refused<'counts-differ'> & Readonly<{ items: readonly ReturnItem[] }>

/** Decides what a receipt of goods is worth. Every piece of the return is sellable, damaged or missing. */
export function receive(lines: readonly ReturnedLine[], counts: readonly PieceCount[]): Received | CountsDiffer {
  const expected = quantitiesOf(lines.map(({ variant_id, requested }) => ({ variant_id, quantity: requested })))
  const counted = quantitiesOf(
    counts.map(({ variant_id, sellable, damaged, missing }) => ({
      variant_id,
      quantity: sellable + damaged + missing,
    })),
  )
  const isComplete = [...expected].every(([id, quantity]) => counted.get(id) === quantity)
  if (!isComplete || counts.length !== expected.size) {
    const items = [...expected].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    return { kind: 'refused', reason: 'counts-differ', items }
  }
  const sellablePieces = quantitiesOf(counts.map(({ variant_id, sellable: quantity }) => ({ variant_id, quantity })))
  const damagedPieces = quantitiesOf(counts.map(({ variant_id, damaged: quantity }) => ({ variant_id, quantity })))
  const received = lines.map((line): CountedLine => {
    const { position, variant_id, requested, received_before, returned_amount } = line
    const sellable = take(sellablePieces, variant_id, requested)
    const damaged = take(damagedPieces, variant_id, requested - sellable)
    const amount = paidFor(received_before + sellable + damaged, line) - returned_amount
    return { position, variant_id, sellable, damaged, missing: requested - sellable - damaged, amount }
  })
  return { kind: 'received', lines: received, refundable_amount: received.reduce((sum, { amount }) => sum + amount, 0) }
}

/** The state of a return whose goods were received, or not. */
export type RefundableReturn = Readonly<{
  status: ReturnStatus
  refundable_amount: number | null
  refund_amount: number | null
}>

export type RefundRefused = StatusRefused | (Refused<'exceeds-refundable'> & Readonly<{ refundable_amount: number }>)

/**
 * Decides the refund of a return: all that was paid for its pieces, or the part that staff say. A repeat changes nothing; while
 * payments has not answered it requests the same refund again, because the request may be lost.
 */
export function refund(
  { status, refundable_amount, refund_amount }: RefundableReturn,
  amount: number | undefined,
): Readonly<{ kind: 'refund'; amount: number }> | Readonly<{ kind: 'request-again' | 'unchanged' }> | RefundRefused {
  const hasBegun = status === 'refunding' || status === 'refunded'
  if (hasBegun && (amount ?? refundable_amount) === refund_amount)
    return { kind: status === 'refunding' ? 'request-again' : 'unchanged' }
  if (status !== 'received' || refundable_amount === null)
    return { kind: 'refused', reason: 'return-status-not-allowed', return_status: status }
  const due = amount ?? refundable_amount
  if (due > refundable_amount) return { kind: 'refused', reason: 'exceeds-refundable', refundable_amount }
  return { kind: 'refund', amount: due }
}
