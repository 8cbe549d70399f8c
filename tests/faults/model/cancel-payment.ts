import { paymentFailed } from '#payments/events'
import type { NewEvent } from '#platform/events'
import { completed, failed, refunded, refundRefused } from '../../../modules/payments/payment-events.ts'
import { refund, stateOf } from '../../../modules/payments/payment.ts'
import type { ChargeStatus } from '../../../modules/payments/schema.ts'
import type { Step } from './network.ts'
import { order_id } from './ordering.ts'
import { finished, settled } from './payments-book.ts'
import { listOf, paymentOf, withAttempt, type Attempt, type Handling, type PaymentsModel } from './payments-state.ts'

type Cancellation = Readonly<{ ifPaid: 'keep' | 'refund'; isRepeat: boolean }>

/** The handler of `payment-cancellation-requested`, commit by commit, as `cancelPayment` and `answerCancellation` are. */
export function cancelSteps(state: PaymentsModel, { ifPaid, isRepeat }: Cancellation): readonly Step<PaymentsModel>[] {
  const { handling } = state
  const at = (phase: Handling['phase'], charges: Handling['charges'] = []): Handling => ({
    of: ifPaid,
    isRepeat,
    phase,
    charges,
  })
  if (handling === null) {
    const request = state.request === 'none' || state.request === 'tombstone' ? 'tombstone' : 'cancelled'
    return [{ label: 'closes the request', state: { ...state, request, handling: at('closed') }, continues: true }]
  }
  if (handling.of !== ifPaid || handling.isRepeat !== isRepeat) return []
  if (handling.phase === 'closed') {
    const asked = askBank(state)
    return [
      {
        label: 'cancels at the bank',
        state: { ...asked.state, handling: at('asked', asked.charges) },
        continues: true,
      },
    ]
  }
  if (handling.phase === 'asked') {
    const saved = saveCancellation(state, handling)
    return [{ label: 'saves the cancellation', state: { ...saved, handling: at('cancelled') }, continues: true }]
  }
  if (handling.phase === 'cancelled') {
    const index = state.attempts.findIndex((attempt) => attempt.refund?.status === 'requested')
    if (index < 0) return answerSteps(state, at('refunded'))
    const done = finished(state, index, 'refunded')
    const steps: Step<PaymentsModel>[] = [{ ...done, label: 'refunds', continues: true }]
    if (state.attempts[index]?.refund?.by === 'cancellation') {
      const refused = finished(state, index, 'refused')
      const after = { ...refused.state, handling: at('refused') }
      steps.push({ label: 'the bank refuses the refund', state: after, continues: true, costs: 'a refund is refused' })
    }
    return steps
  }
  return answerSteps(state, handling)
}

/** Cancels the open payments at the bank, unless they have succeeded. */
function askBank(state: PaymentsModel) {
  let after = state
  const charges = state.attempts.map((attempt, index): ChargeStatus | null => {
    if (attempt.status !== 'pending') return null
    const bank = attempt.bank === 'none' || attempt.bank === 'pending' ? 'cancelled' : attempt.bank
    after = withAttempt(after, index, { ...attempt, bank })
    return bank
  })
  return { state: after, charges }
}

/** Saves the answers of the bank, and requests the refund of what is paid. It publishes nothing. */
function saveCancellation(state: PaymentsModel, { of, charges }: Handling): PaymentsModel {
  let after = state
  for (const [index, status] of charges.entries())
    if (status !== null) after = settled(after, index, { status, isAnswer: false }).state
  if (of === 'keep') return after
  const paid = stateOf(listOf(after))
  if (paid.kind !== 'paid' || refund(paid.payment).kind === 'refused') return after
  const index = after.attempts.findIndex((_, at) => paymentOf(after, at).id === paid.payment.id)
  const attempt = after.attempts[index] as Attempt
  return withAttempt(after, index, { ...attempt, refund: { by: 'cancellation', status: 'requested' } })
}

/** Publishes the one answer. A payment that succeeded in between sends the handler to its beginning. */
function answerSteps(state: PaymentsModel, { of, phase }: Handling): Step<PaymentsModel>[] {
  const rest = { ...state, handling: null }
  const paid = stateOf(listOf(state))
  const answer = (event: NewEvent, request = state.request): Step<PaymentsModel>[] => [
    { label: `answers the cancellation`, state: { ...rest, request }, publishes: [event] },
  ]
  if (paid.kind === 'paid') {
    if (of === 'keep') return answer(completed(paid.payment), 'settled')
    const refusedRefund = { id: paid.payment.id, amount: paid.payment.amount }
    if (phase === 'refused') return answer(refundRefused(paid.payment, refusedRefund))
    return [{ label: 'begins the cancellation again', state: rest, continues: true }]
  }
  if (paid.kind === 'refunded')
    return answer(refunded(paid.payment, { id: paid.payment.id, amount: paid.payment.amount }))
  if (paid.payment) return answer(failed(paid.payment, 'cancelled'))
  return answer(paymentFailed({ subject_type: 'order', subject_id: order_id, reason: 'cancelled' }))
}
