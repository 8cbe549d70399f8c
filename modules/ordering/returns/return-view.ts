import type { RefundRefusal } from '#payments/events'
import type { Locale, Localized } from '#platform/values'
import type { AdminReturnView, ReturnStatus, ReturnView } from './schema.ts'

type FoundLine = Omit<ReturnView['items'][number], 'title'> & Readonly<{ title: Localized }>

/** A return with its lines and the facts of its order. */
export type FoundReturn = Readonly<{
  id: string
  order_id: string
  order_number: string
  currency: string
  status: ReturnStatus
  reason: string | null
  answer: string | null
  note: string | null
  refundable_amount: number | null
  refund_amount: number | null
  refund_refused_at: Date | null
  refund_refused_reason: RefundRefusal | null
  created_at: Date
  updated_at: Date
  received_at: Date | null
  lines: readonly FoundLine[]
}>

/** A return for its buyer. */
export const returnViewOf = (found: FoundReturn, locale: Locale): ReturnView => {
  const { id, order_id, status, reason, answer, refundable_amount, refund_amount, currency } = found
  return {
    id,
    order_id,
    status,
    reason,
    answer,
    refundable_amount,
    // While staff may refund again, the sum is that of the refused refund.
    refund_amount: status === 'received' ? null : refund_amount,
    currency,
    items: found.lines.map((line) => ({ ...line, title: line.title[locale] })),
    created_at: found.created_at.toISOString(),
    updated_at: found.updated_at.toISOString(),
  }
}

/** A return for staff. */
export const adminReturnViewOf = (found: FoundReturn, locale: Locale): AdminReturnView => ({
  ...returnViewOf(found, locale),
  order_number: found.order_number,
  note: found.note,
  received_at: found.received_at?.toISOString() ?? null,
  refund_refused_reason: found.refund_refused_reason,
  refund_refused_at: found.refund_refused_at?.toISOString() ?? null,
})
