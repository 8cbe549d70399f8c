import { requestedRefundsAfter } from '../store/refunds.ts'
import type { PaymentsDb } from '../store/tables.ts'
import { scanRows } from '../store/scan.ts'
import type { FinishRefund } from './finish-refund.ts'

type Needs = Readonly<{ db: PaymentsDb; finishRefund: FinishRefund }>

export type FinishRefunds = (signal: AbortSignal) => Promise<void>

/**
 * Finishes all refunds that a crash, a silent provider or a surplus left open. Throws at the end when a refund is still open,
 * or the provider refused it: then only a person can give the money back. A refund for which another process asks is left to it.
 */
export const finishRefunds = ({ db, finishRefund }: Needs): FinishRefunds => {
  const scan = scanRows()
  const each = async (id: string) => {
    const { status, payment_id, requested_by } = await finishRefund(id)
    const next = requested_by === 'return' ? 'refund the return again, not the payment' : 'refund it by hand'
    if (status === 'refused')
      throw new Error(`The provider refused the refund ${id} of the payment ${payment_id}: ${next}`)
  }
  return async (signal) => {
    const errors = await scan({ pageAfter: requestedRefundsAfter(db), each, signal })
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} refunds could not be finished`)
  }
}
