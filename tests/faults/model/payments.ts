import { orderFulfilled, paymentCancellationRequested, paymentRequested } from '#ordering/events'
import { isOpen, refund, settle, stateOf } from '../../../modules/payments/payment.ts'
import { cancelSteps } from './cancel-payment.ts'
import type { Actor, Step } from './network.ts'
import type { PaymentMethod } from './ordering.ts'
import { finished, settled } from './payments-book.ts'
import {
  chargeOf,
  listOf,
  newAttempt,
  paymentOf,
  withAttempt,
  type Attempt,
  type PaymentsModel,
} from './payments-state.ts'

/** At most so many payments of the order: the second one is opened after the first was declined. */
const maxAttempts = 2

/** The handler of `payment-requested`: it saves the payment, gives it to the bank, and saves the answer. */
function startSteps(state: PaymentsModel, method: PaymentMethod, isRepeat: boolean): Step<PaymentsModel>[] {
  const [first] = state.attempts
  const { handling } = state
  const rest = { ...state, handling: null }
  if (handling !== null) {
    if (handling.of !== 'request' || handling.isRepeat !== isRepeat || !first) return []
    if (first.bank === 'none') {
      const answers = method === 'online' ? (['pending', 'succeeded', 'declined'] as const) : (['pending'] as const)
      return answers.map((bank) => ({
        label: `the bank has the payment: ${bank}`,
        state: withAttempt(state, 0, { ...first, bank }),
        continues: true,
        ...(bank === 'declined' && { costs: 'a buyer declines' }),
      }))
    }
    return [{ ...settled(rest, 0, { status: first.bank, isAnswer: true }), label: 'saves the start' }]
  }
  if (state.request === 'tombstone') return [{ label: 'starts no payment', state: { ...rest, request: 'cancelled' } }]
  if (state.request === 'none') {
    const saved: PaymentsModel = {
      request: 'open',
      attempts: [newAttempt],
      handling: { of: 'request', isRepeat, phase: 'saved', charges: [] },
    }
    return [{ label: 'saves the payment', state: saved, continues: true }]
  }
  if (!first || first.started || first.status !== 'pending') return [{ label: 'knows the payment', state: rest }]
  const again = { ...state, handling: { of: 'request', isRepeat, phase: 'saved', charges: [] } } as const
  return [{ label: 'finds the payment', state: again, continues: true }]
}

/** `order-fulfilled`: the courier has the cash. */
function collectSteps(state: PaymentsModel, method: PaymentMethod): Step<PaymentsModel>[] {
  if (state.handling !== null) return []
  const [first] = state.attempts
  if (method === 'online') return [{ label: 'collects nothing', state }]
  if (!first) return []
  const captured = withAttempt(state, 0, { ...first, bank: 'succeeded' })
  return [{ ...settled(captured, 0, { status: 'succeeded', isAnswer: false }), label: 'collects the cash' }]
}

/** The payments of the order, and its charges at the bank. The decisions are those of `payment.ts` and `settlement.ts`. */
export function paymentsActor(method: PaymentMethod): Actor<PaymentsModel> {
  return {
    name: 'payments',
    initial: { request: 'none', attempts: [], handling: null },
    subscribesTo: [paymentRequested.type, paymentCancellationRequested.type, orderFulfilled.type],
    receive: (state, { type, payload, isRepeat }) => {
      if (type === paymentRequested.type) return startSteps(state, method, isRepeat)
      if (type === orderFulfilled.type) return collectSteps(state, method)
      return cancelSteps(state, { ifPaid: payload['if_paid'] === 'keep' ? 'keep' : 'refund', isRepeat })
    },
    act: (state) => [
      ...(state.handling === null
        ? []
        : [{ label: 'the process dies', state: { ...state, handling: null }, costs: 'crash' }]),
      ...state.attempts.flatMap((attempt, index) => (method === 'online' ? chargeSteps(state, index, attempt) : [])),
      ...state.attempts.flatMap((attempt, index) => refundSteps(state, index, attempt)),
      ...(method === 'online' ? payAgain(state) : []),
    ],
  }
}

/** The buyer and the bank, and the reads of the bank by webhook, page and job. */
function chargeSteps(state: PaymentsModel, index: number, attempt: Attempt): Step<PaymentsModel>[] {
  const bankSays = (bank: Attempt['bank'], costs?: string): Step<PaymentsModel> => ({
    label: `the bank has payment ${index}: ${bank}`,
    state: withAttempt(state, index, { ...attempt, bank }),
    isOptional: true,
    ...(costs !== undefined && { costs }),
  })
  const steps: Step<PaymentsModel>[] = []
  const { bank, status, started } = attempt
  if (bank === 'none' && status === 'pending') steps.push(bankSays('pending'))
  if (bank === 'pending')
    steps.push(
      bankSays('succeeded'),
      bankSays('declined', 'a buyer declines'),
      bankSays('cancelled', 'a charge expires'),
    )
  if (bank === 'declined' || bank === 'cancelled') steps.push(bankSays('succeeded', 'the bank takes money late'))
  if (bank === 'none') return steps
  // The page of the buyer saves the start; a webhook or the job saves a decision.
  if (!started && status === 'pending' && bank === 'pending')
    steps.push({
      ...settled(state, index, { status: bank, isAnswer: true }),
      label: `saves the start of payment ${index}`,
    })
  if (bank === 'pending' && state.request === 'settled') {
    const unneeded = withAttempt(state, index, { ...attempt, bank: 'cancelled' })
    steps.push({
      ...settled(unneeded, index, { status: 'cancelled', isAnswer: true }),
      label: `cancels payment ${index}, which is not needed`,
    })
  }
  const decision = settle(paymentOf(state, index), chargeOf(bank))
  if (decision.kind !== 'unchanged' && decision.kind !== 'refused')
    steps.push({ ...settled(state, index, { status: bank, isAnswer: true }), label: `reads payment ${index}: ${bank}` })
  return steps
}

/** Refunds by staff, and the job that finishes refunds. */
function refundSteps(state: PaymentsModel, index: number, attempt: Attempt): Step<PaymentsModel>[] {
  if (attempt.refund?.status === 'requested') {
    const refused = {
      ...finished(state, index, 'refused'),
      label: 'the bank refuses a refund',
      costs: 'a refund is refused',
    }
    const done = { ...finished(state, index, 'refunded'), label: 'the job finishes a refund' }
    return attempt.refund.by === 'staff' ? [done] : [done, refused]
  }
  if (refund(paymentOf(state, index)).kind === 'refused') return []
  const requested = withAttempt(state, index, { ...attempt, refund: { by: 'staff', status: 'requested' } })
  const isOwed = attempt.refund?.status === 'refused'
  return [
    {
      label: isOwed ? 'staff repeat the refund' : 'staff refund the payment',
      state: requested,
      ...(!isOwed && { costs: 'staff refund', isOptional: true }),
    },
  ]
}

/** The buyer opens another payment, as `processPayment` decides. */
function payAgain(state: PaymentsModel): Step<PaymentsModel>[] {
  const isPayable = state.request === 'open' && stateOf(listOf(state)).kind === 'unpaid'
  if (!isPayable || state.attempts.length === 0 || state.attempts.length >= maxAttempts) return []
  if (listOf(state).some(isOpen)) return []
  const attempts = [...state.attempts, newAttempt]
  return [{ label: 'the buyer opens another payment', state: { ...state, attempts }, isOptional: true }]
}
