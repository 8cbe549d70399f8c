import type { Charge } from './provider.ts'

export type Method = 'online' | 'cash_on_delivery'
/** Why no money came. */
export type Reason = 'declined' | 'cancelled'

type Facts = Readonly<{
  id: string
  subject_type: string
  subject_id: string
  user_id: string
  amount: number
  currency: string
  method: Method
  provider: string
  confirmation_url: string | null
  /** When the provider was first heard of it; null while only we know. */
  started_at: Date | null
  created_at: Date
}>

export type OpenPayment = Facts & Readonly<{ status: 'pending' | 'processing' }>
type FailedPayment = Facts & Readonly<{ status: 'failed'; reason: Reason }>
export type PaidPayment = Facts &
  Readonly<{
    status: 'completed' | 'partially_refunded' | 'refunded'
    transaction_id: string
    completed_at: Date
    refunded_amount: number
    /** Promised to the buyer, not yet confirmed by the provider. */
    refunding_amount: number
    /** A second success for its subject: it goes back whole and nobody is told. */
    surplus: boolean
  }>

/** One attempt to get what is due. `pending`: the buyer's turn. `processing`: the provider's. */
export type Payment = OpenPayment | FailedPayment | PaidPayment
export type Status = Payment['status']

export const isOpen = (payment: Payment): payment is OpenPayment =>
  payment.status === 'pending' || payment.status === 'processing'

export const isPaid = (payment: Payment): payment is PaidPayment =>
  payment.status === 'completed' || payment.status === 'partially_refunded' || payment.status === 'refunded'

export type Settling =
  | Readonly<{ kind: 'unchanged' }>
  | Readonly<{ kind: 'processing' }>
  | Readonly<{ kind: 'completed'; transaction_id: string }>
  | Readonly<{ kind: 'failed'; reason: Reason }>
  | Readonly<{ kind: 'refused'; reason: 'charge-differs' }>

/**
 * What the provider's word makes of a payment. Money that is there counts even after we had given up; a payment that is
 * complete is never undone by a charge, only by refunds; another sum or currency is never believed.
 */
export function settle(payment: Payment, charge: Charge): Settling {
  if (charge.amount !== payment.amount || charge.currency !== payment.currency)
    return { kind: 'refused', reason: 'charge-differs' }
  if (isPaid(payment)) return { kind: 'unchanged' }
  if (charge.status === 'succeeded') return { kind: 'completed', transaction_id: charge.transaction_id }
  if (!isOpen(payment) || charge.status === 'pending') return { kind: 'unchanged' }
  if (charge.status === 'processing') return { kind: payment.status === 'processing' ? 'unchanged' : 'processing' }
  return { kind: 'failed', reason: charge.status }
}

export type Refunding =
  | Readonly<{ kind: 'refund'; amount: number }>
  | Readonly<{ kind: 'refused'; reason: 'not-paid' }>
  | Readonly<{ kind: 'refused'; reason: 'exceeds-captured'; refundable_amount: number }>

/** Decides whether `amount` (all that is left when absent) may go back. Promised refunds count as gone. */
export function refund(payment: Payment, amount?: number): Refunding {
  if (!isPaid(payment)) return { kind: 'refused', reason: 'not-paid' }
  const refundable_amount = payment.amount - payment.refunded_amount - payment.refunding_amount
  const wanted = amount ?? refundable_amount
  const allowed = wanted <= refundable_amount && (wanted > 0 || (payment.amount === 0 && payment.status !== 'refunded'))
  return allowed
    ? { kind: 'refund', amount: wanted }
    : { kind: 'refused', reason: 'exceeds-captured', refundable_amount }
}

/** What a payment has become once the provider gave `amount` back. */
export function afterRefund(payment: PaidPayment, amount: number): Pick<PaidPayment, 'status' | 'refunded_amount'> {
  const refunded_amount = payment.refunded_amount + amount
  return { refunded_amount, status: refunded_amount === payment.amount ? 'refunded' : 'partially_refunded' }
}

export type Standing =
  | Readonly<{ kind: 'paid' | 'refunded'; payment: PaidPayment }>
  | Readonly<{ kind: 'unpaid'; payment: Payment | undefined }>

/** How it stands with a subject, given all its attempts, newest first: is its money with us? */
export function standingOf(attempts: readonly Payment[]): Standing {
  const paid = attempts.filter(isPaid).filter((payment) => !payment.surplus)
  const held = paid.find((payment) => payment.status !== 'refunded')
  if (held) return { kind: 'paid', payment: held }
  return paid[0] ? { kind: 'refunded', payment: paid[0] } : { kind: 'unpaid', payment: attempts[0] }
}
