import type { NewEvent } from '#platform/events'
import { refunded, started } from '../../../modules/payments/payment-events.ts'
import { isOpen } from '../../../modules/payments/payment.ts'
import { settlementEvents, settleOrThrow } from '../../../modules/payments/settlement.ts'
import { chargeOf, paymentOf, withAttempt, type Attempt, type PaymentsModel } from './payments-state.ts'

/** The books after a step, and the events of it. */
type Booked = Readonly<{ state: PaymentsModel; publishes: readonly NewEvent[] }>

/** Saves what the bank reports, as `saveCharge` does; `isAnswer` marks the payment as started. */
export function settled(
  state: PaymentsModel,
  index: number,
  { status, isAnswer }: Readonly<{ status: Attempt['bank']; isAnswer: boolean }>,
): Booked {
  const attempt = state.attempts[index] as Attempt
  const payment = paymentOf(state, index)
  const settlement = settleOrThrow(payment, chargeOf(status))
  const isSuccess = settlement.kind === 'completed'
  const isSurplus =
    isSuccess && state.attempts.some((other, at) => at !== index && other.status === 'completed' && !other.surplus)
  const isFirst = !attempt.started && (isAnswer || isSuccess)
  const changed: Attempt = {
    ...attempt,
    status: isSuccess ? 'completed' : settlement.kind === 'failed' ? 'failed' : attempt.status,
    reason: settlement.kind === 'failed' ? settlement.reason : isSuccess ? null : attempt.reason,
    started: attempt.started || isFirst,
    surplus: attempt.surplus || isSurplus,
    refund: isSurplus ? { by: 'surplus', status: 'requested' } : attempt.refund,
  }
  const request = isSuccess && state.request === 'open' ? 'settled' : state.request
  const next = { ...withAttempt(state, index, changed), request }
  const requestStatus = state.request === 'open' || state.request === 'settled' ? state.request : 'cancelled'
  const events = settlementEvents(settlement, paymentOf(next, index), { status: requestStatus })
  return { state: next, publishes: isFirst && isOpen(payment) ? [started(payment), ...events] : events }
}

/** Finishes a requested refund, as `finishRefund` does. */
export function finished(state: PaymentsModel, index: number, answer: 'refunded' | 'refused'): Booked {
  const attempt = state.attempts[index] as Attempt
  if (!attempt.refund) throw new Error('There is no refund to finish')
  const { by } = attempt.refund
  if (answer === 'refused')
    return { state: withAttempt(state, index, { ...attempt, refund: { by, status: 'refused' } }), publishes: [] }
  const done: Attempt = {
    ...attempt,
    status: 'refunded',
    refund: { by, status: 'done' },
    returned: attempt.returned + 1,
  }
  const next = withAttempt(state, index, done)
  const payment = paymentOf(next, index)
  if (payment.status !== 'refunded') throw new Error('The payment is not refunded')
  const publishes =
    by === 'staff' && !done.surplus ? [refunded(payment, { id: payment.id, amount: payment.amount })] : []
  return { state: next, publishes }
}
