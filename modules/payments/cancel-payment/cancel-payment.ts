import { transaction, type AnyTx } from '#platform/db'
import { Unavailable } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { cancelAtProvider } from '../cancel-at-provider.ts'
import { crashPoint } from '../crash-points.ts'
import { isOpen, refund, stateOf, type Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import type { IfPaid, SubjectType } from '../schema.ts'
import { settleOrThrow } from '../settlement.ts'
import { lockPaymentRequest, saveCancelledRequest } from '../store/payment-requests.ts'
import { listCurrentPaymentsOf, listPaymentsOf } from '../store/payments.ts'
import { insertOutdatedRefunds, insertRefund, listRequestedRefundsOf } from '../store/refunds.ts'
import { saveSettlement } from '../store/settlements.ts'
import type { PaymentsDb, RefundRow } from '../store/tables.ts'

export type CancelPaymentInput = Readonly<{
  subject_type: SubjectType
  subject_id: string
  /** The revision that the subject has now; payments may not have its request. */
  revision?: number | undefined
  if_paid: IfPaid
  reason: string
}>

/** `refused`: the refund that the provider refused, if any. */
export type CancelledPayment = Readonly<{ refused: RefundRow | undefined }>

/** Publishes nothing: `answerCancellation` does. */
export type CancelPayment = (input: CancelPaymentInput) => Promise<CancelledPayment>

type Needs = Readonly<{
  db: PaymentsDb
  providers: Providers
  now: Clock
  finishRefund: (refund_id: string) => Promise<RefundRow>
}>

/**
 * Closes the payment request, so that no new payment begins; cancels open payments at the provider; refunds what was paid.
 * Never keeps a payment of an earlier revision: it does not pay the subject. A refund needs no revision, and its answer is about
 * the payment that the buyer made. May be repeated.
 */
export const cancelPayment =
  ({ db, providers, now, finishRefund }: Needs): CancelPayment =>
  async (input) => {
    const revision = input.if_paid === 'keep' ? input.revision : undefined
    await saveCancelledRequest(db, { ...input, revision, at: now() })
    const open = (await listPaymentsOf(db, input.subject_id)).filter(isOpen)
    const cancelled = await Promise.all(
      open.map(async (payment) => ({ payment, charge: await cancelAtProvider(providers, payment) })),
    )
    crashPoint('after-provider.before-save')
    const refund_ids = await transaction(db, (tx) => saveCancellation(tx, input, { cancelled, at: now() }))
    const refunds: RefundRow[] = []
    for (const refund_id of refund_ids) refunds.push(await finished(finishRefund(refund_id)))
    return {
      refused: refunds.find(({ status, requested_by }) => status === 'refused' && requested_by === 'cancellation'),
    }
  }

/** The answer to a cancellation needs those to its refunds: the event is handled again while another process asks for one. */
async function finished(finishing: Promise<RefundRow>): Promise<RefundRow> {
  const refund = await finishing
  if (refund.status === 'requested') throw new Unavailable(`Another process, which asks for the refund ${refund.id},`)
  return refund
}

type Cancelled = Readonly<{ cancelled: readonly Readonly<{ payment: Payment; charge: Charge }>[]; at: Date }>

/** Returns the ids of all requested refunds of the subject, also of those that were requested before. */
async function saveCancellation(tx: AnyTx, input: CancelPaymentInput, { cancelled, at }: Cancelled): Promise<string[]> {
  const { subject_id } = input
  const request = await lockPaymentRequest(tx, subject_id)
  if (!request) throw new Error(`The payment request of ${subject_id} does not exist`)
  const current = new Map((await listPaymentsOf(tx, subject_id)).map((payment) => [payment.id, payment]))
  for (const { payment: seen, charge } of cancelled) {
    const payment = current.get(seen.id) ?? seen
    await saveSettlement(tx, payment, { settlement: settleOrThrow(payment, charge), at })
  }
  await insertOutdatedRefunds(tx, await listPaymentsOf(tx, subject_id), { revision: request.revision, at })
  if (input.if_paid === 'refund') await requestFullRefund(tx, input, at)
  return await listRequestedRefundsOf(tx, subject_id)
}

/** Requests the refund of everything that is left of the payment. */
async function requestFullRefund(tx: AnyTx, { subject_id, reason }: CancelPaymentInput, at: Date): Promise<void> {
  const state = stateOf(await listCurrentPaymentsOf(tx, subject_id))
  if (state.kind !== 'paid') return
  const decision = refund(state.payment)
  if (decision.kind === 'refused') return
  const { amount } = decision
  await insertRefund(tx, state.payment, {
    id: newId(),
    amount,
    requested_by: 'cancellation',
    user_id: null,
    reason,
    at,
  })
}
