import type { AdminRefundView, RefundView } from './schema.ts'
import type { RefundRow } from './store/tables.ts'

/** Returns the JSON of a refund. */
export const refundViewOf = (refund: RefundRow, status: RefundView['status']): RefundView => {
  const { id, payment_id, amount, currency, reason, requested_at } = refund
  return { id, payment_id, amount, currency, reason, status, requested_at: requested_at.toISOString() }
}

/** Returns the JSON of a refund for staff. */
export const adminRefundViewOf = (refund: RefundRow): AdminRefundView => {
  const { id, payment_id, amount, currency, reason, status, requested_by, user_id, resolved_by, resolution } = refund
  return {
    id,
    payment_id,
    amount,
    currency,
    reason,
    status,
    requested_by,
    user_id,
    resolved_by,
    resolution,
    requested_at: refund.requested_at.toISOString(),
    done_at: refund.done_at?.toISOString() ?? null,
    contradicted_at: refund.contradicted_at?.toISOString() ?? null,
    resolved_at: refund.resolved_at?.toISOString() ?? null,
  }
}
