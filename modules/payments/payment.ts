import type { Refused } from '#platform/outcome'
import type { Charge } from './provider.ts'
import type { FailureReason, PaymentMethod, SubjectType } from './schema.ts'

type Facts = Readonly<{
  id: string
  subject_type: SubjectType
  subject_id: string
  user_id: string
  amount: number
  currency: string
  /** The revision of the request that it pays. One for an earlier revision is cancelled or refunded. */
  revision: number
  method: PaymentMethod
  provider: string
  confirmation_url: string | null
  /** When the provider first answered for this payment; null until then. */
  started_at: Date | null
  created_at: Date
}>

export type OpenPayment = Facts & Readonly<{ status: 'pending' | 'processing' }>
type FailedPayment = Facts & Readonly<{ status: 'failed'; reason: FailureReason }>
export type PaidPayment = Facts &
  Readonly<{
    status: 'completed' | 'partially_refunded' | 'refunded'
    transaction_id: string
    completed_at: Date
    refunded_amount: number
    /** Requested from the provider and not confirmed yet. */
    refunding_amount: number
    /** The second success for its subject: it is refunded in full and no event is published. */
    surplus: boolean
  }>

/** One attempt to pay for a subject. */
export type Payment = OpenPayment | FailedPayment | PaidPayment

export const isOpen = (payment: Payment): payment is OpenPayment =>
  payment.status === 'pending' || payment.status === 'processing'

/** The provider has not answered for an open payment yet. */
export const awaitsProvider = (payment: Payment): boolean => isOpen(payment) && !payment.started_at

export const isPaid = (payment: Payment): payment is PaidPayment =>
  payment.status === 'completed' || payment.status === 'partially_refunded' || payment.status === 'refunded'

export type SettleDecision =
  | Readonly<{ kind: 'unchanged' }>
  | Readonly<{ kind: 'processing' }>
  | Readonly<{ kind: 'completed'; transaction_id: string }>
  | Readonly<{ kind: 'failed'; reason: FailureReason }>
  | Refused<'charge-differs'>

/**
 * Decides how a charge read at the provider changes the payment. A success counts even after the payment failed. Only
 * refunds change a completed payment. A charge of another amount or currency is refused.
 */
export function settle(payment: Payment, charge: Charge): SettleDecision {
  if (charge.amount !== payment.amount || charge.currency !== payment.currency)
    return { kind: 'refused', reason: 'charge-differs' }
  if (isPaid(payment)) return { kind: 'unchanged' }
  if (charge.status === 'succeeded') return { kind: 'completed', transaction_id: charge.transaction_id }
  if (!isOpen(payment) || charge.status === 'pending') return { kind: 'unchanged' }
  if (charge.status === 'processing') return { kind: payment.status === 'processing' ? 'unchanged' : 'processing' }
  return { kind: 'failed', reason: charge.status }
}

export type RefundDecision =
  | Readonly<{ kind: 'refund'; amount: number }>
  | Refused<'not-paid'>
  | (Refused<'exceeds-captured'> & Readonly<{ refundable_amount: number }>)

/** Decides whether `amount` (everything that is left when absent) may be refunded. Requested refunds count as refunded. */
export function refund(payment: Payment, amount?: number): RefundDecision {
  if (!isPaid(payment)) return { kind: 'refused', reason: 'not-paid' }
  const refundable_amount = payment.amount - payment.refunded_amount - payment.refunding_amount
  const requested = amount ?? refundable_amount
  const isFree = payment.amount === 0 && payment.status !== 'refunded'
  const allowed = requested <= refundable_amount && (requested > 0 || isFree)
  return allowed
    ? { kind: 'refund', amount: requested }
    : { kind: 'refused', reason: 'exceeds-captured', refundable_amount }
}

/** The status and the refunded amount of a payment after the provider refunded `amount`. */
export function afterRefund(payment: PaidPayment, amount: number): Pick<PaidPayment, 'status' | 'refunded_amount'> {
  const refunded_amount = payment.refunded_amount + amount
  return { refunded_amount, status: refunded_amount === payment.amount ? 'refunded' : 'partially_refunded' }
}

export type SubjectState =
  | Readonly<{ kind: 'paid' | 'refunded'; payment: PaidPayment }>
  | Readonly<{ kind: 'unpaid'; payment: Payment | undefined }>

/** Whether a subject is paid, by all its payments for the current revision, newest first. */
export function stateOf(payments: readonly Payment[]): SubjectState {
  const paid = payments.filter(isPaid).filter((payment) => !payment.surplus)
  const held = paid.find((payment) => payment.status !== 'refunded')
  if (held) return { kind: 'paid', payment: held }
  return paid[0] ? { kind: 'refunded', payment: paid[0] } : { kind: 'unpaid', payment: payments[0] }
}
