import { isTombstone, type PaymentRequest, type Tombstone } from '../payment-request.ts'
import { isOpen, stateOf, type Payment } from '../payment.ts'

export type View =
  | Readonly<{ kind: 'preparing' }>
  | Readonly<{ kind: 'nothing-to-pay' }>
  | Readonly<{ kind: ShownPayment; price: { amount: number; currency: string }; description: string }>
  /** The provider has a page of its own. */
  | Readonly<{ kind: 'redirect'; url: string }>

/** On `asking` and `processing` the buyer decides for the sandbox bank. */
export type ShownPayment = 'asking' | 'processing' | 'on-delivery' | 'paid' | 'refunded' | 'declined' | 'cancelled'

/** The page refreshes itself for about a minute before it says that there is nothing to pay. */
const mostRefreshes = 30

/** Decides what the page shows. `refreshes` counts how often this buyer's page has refreshed itself. */
export function payPageViewOf(
  request: PaymentRequest | Tombstone | undefined,
  payments: readonly Payment[],
  refreshes: number,
): View {
  if (!request) return { kind: refreshes >= mostRefreshes ? 'nothing-to-pay' : 'preparing' }
  if (isTombstone(request)) return { kind: 'nothing-to-pay' }
  const state = stateOf(payments)
  const { payment } = state
  if (state.kind === 'unpaid' && payment && isOpen(payment) && payment.confirmation_url)
    return { kind: 'redirect', url: payment.confirmation_url }
  const kind = state.kind === 'unpaid' ? unpaidKind(payment) : state.kind
  const { amount, currency, description } = request
  return { kind, price: { amount, currency }, description }
}

function unpaidKind(payment: Payment | undefined): ShownPayment {
  if (!payment) return 'cancelled'
  if (payment.status === 'failed') return payment.reason
  if (payment.method === 'cash_on_delivery') return 'on-delivery'
  return payment.status === 'processing' ? 'processing' : 'asking'
}
