import type { RefundView } from './schema.ts'
import type { RefundRow } from './store/tables.ts'

/** Returns the JSON of a refund. */
export const refundViewOf = (refund: RefundRow, status: RefundView['status']): RefundView => {
  const { id, payment_id, amount, currency, reason, requested_at } = refund
  return { id, payment_id, amount, currency, reason, status, requested_at: requested_at.toISOString() }
}
