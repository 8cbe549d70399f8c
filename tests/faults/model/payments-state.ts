import type { Payment } from '../../../modules/payments/payment.ts'
import type { Charge } from '../../../modules/payments/provider.ts'
import type { ChargeStatus, FailureReason, RefundRequester } from '../../../modules/payments/schema.ts'
import { amount, order_id, user_id } from './ordering.ts'

/** One payment, and its charge at the bank. `returned`: how often the bank has given the money back. */
export type Attempt = Readonly<{
  status: 'pending' | 'completed' | 'failed' | 'refunded'
  reason: FailureReason | null
  started: boolean
  surplus: boolean
  refund: Readonly<{ by: RefundRequester; status: 'requested' | 'done' | 'refused' }> | null
  bank: 'none' | ChargeStatus
  returned: number
}>

/** `handling`: the event whose handler has committed a part of its work. A crash deletes it. */
export type PaymentsModel = Readonly<{
  request: 'none' | 'tombstone' | 'open' | 'settled' | 'cancelled'
  /** Oldest first. */
  attempts: readonly Attempt[]
  handling: null | Handling
}>

export type Handling = Readonly<{
  of: 'request' | 'keep' | 'refund'
  isRepeat: boolean
  phase: 'saved' | 'closed' | 'asked' | 'cancelled' | 'refunded' | 'refused'
  /** The answer of the bank about each payment that was open. */
  charges: readonly (ChargeStatus | null)[]
}>

export const newAttempt: Attempt = {
  status: 'pending',
  reason: null,
  started: false,
  surplus: false,
  refund: null,
  bank: 'none',
  returned: 0,
}

const at = new Date(0)
const ids = ['0192f3c4-0000-7000-a000-00000000000a', '0192f3c4-0000-7000-a000-00000000000b']

/** The row of a payment. */
export function paymentOf({ attempts }: PaymentsModel, index: number): Payment {
  const { status, reason, started, surplus, refund } = attempts[index] as Attempt
  const isPaid = status === 'completed' || status === 'refunded'
  return {
    id: ids[index],
    subject_type: 'order',
    subject_id: order_id,
    user_id,
    amount,
    currency: 'RUB',
    method: 'online',
    provider: 'bank',
    confirmation_url: null,
    started_at: started ? at : null,
    created_at: at,
    status,
    ...(reason !== null && { reason }),
    ...(isPaid && {
      transaction_id: 'transaction',
      completed_at: at,
      refunded_amount: status === 'refunded' ? amount : 0,
      refunding_amount: refund?.status === 'requested' ? amount : 0,
      surplus,
    }),
  } as Payment
}

/** All payments of the order, newest first. */
export const listOf = (state: PaymentsModel): Payment[] =>
  state.attempts.map((_, index) => paymentOf(state, index)).toReversed()

/** A charge as the bank reports it. */
export function chargeOf(status: Attempt['bank']): Charge {
  if (status === 'none') throw new Error('The bank does not have this payment')
  return { amount, currency: 'RUB', confirmation_url: null, status, transaction_id: 'transaction' }
}

export const withAttempt = (state: PaymentsModel, index: number, attempt: Attempt): PaymentsModel => ({
  ...state,
  attempts: state.attempts.with(index, attempt),
})
