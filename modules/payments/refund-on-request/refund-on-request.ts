import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { refundRefused } from '../payment-events.ts'
import { refund, stateOf } from '../payment.ts'
import { ProviderUnavailable } from '../provider.ts'
import { lockPaymentRequest } from '../store/payment-requests.ts'
import { listCurrentPaymentsOf } from '../store/payments.ts'
import { findRefund, insertRefund, insertRefusedRefund } from '../store/refunds.ts'
import { saveReturn } from '../store/returns.ts'
import type { PaymentsDb, RefundRow } from '../store/tables.ts'

type RefundOnRequestInput = Readonly<{
  refund_id: string
  return_id?: string | undefined
  subject_id: string
  amount: number
  reason: string
}>
export type RefundOnRequest = (input: RefundOnRequestInput) => Promise<void>

type Needs = Readonly<{
  db: PaymentsDb
  now: Clock
  finishRefund: (refund_id: string) => Promise<RefundRow>
}>

/**
 * Refunds what another module requests: saves the requested refund, then sends it to the provider. `finishRefund` publishes
 * the answer. A job finishes the refund while the provider is silent. May be repeated.
 */
export const refundOnRequest =
  ({ db, now, finishRefund }: Needs): RefundOnRequest =>
  async (input) => {
    const { status } = await saveRequest(db, input, now())
    if (status !== 'requested') return
    crashPoint('after-request.before-refund')
    await finishRefund(input.refund_id).catch((error: unknown) => {
      if (!(error instanceof ProviderUnavailable)) throw error
    })
  }

/** A refund that exceeds what is left of the payment is saved as refused. A payment that is not completed yet is awaited. */
async function saveRequest(db: Needs['db'], input: RefundOnRequestInput, at: Date): Promise<RefundRow> {
  const { refund_id: id, return_id, subject_id, amount, reason } = input
  return await transaction(db, async (tx) => {
    await lockPaymentRequest(tx, subject_id)
    const earlier = await findRefund(tx, id)
    if (earlier) return earlier
    const state = stateOf(await listCurrentPaymentsOf(tx, subject_id))
    if (state.kind === 'unpaid')
      throw new Error(`The refund ${id} is requested, and ${subject_id} has no completed payment yet`)
    if (return_id !== undefined) await saveReturn(tx, { return_id, subject_id, ended_at: null })
    const requested = { id, amount, requested_by: 'return', user_id: null, reason, at } as const
    if (refund(state.payment, amount).kind === 'refund') return await insertRefund(tx, state.payment, requested)
    const refused = await insertRefusedRefund(tx, state.payment, requested)
    await publish(tx, [refundRefused(state.payment, refused, 'exceeds-captured')])
    return refused
  })
}
