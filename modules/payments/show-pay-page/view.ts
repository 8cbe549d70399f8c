import { isTombstone, type PaymentRequest, type Tombstone } from '../payment-request.ts'
import { isOpen, stateOf, type Payment } from '../payment.ts'

export type View =
  | Readonly<{ kind: 'preparing' }>
  | Readonly<{ kind: 'nothing-to-pay' }>
  /** The token does not belong to the order. */
  | Readonly<{ kind: 'broken-link' }>
  | Readonly<{
      kind: ShownPayment
      price: { amount: number; currency: string }
      description: string
      /** The sandbox bank moves no real money. */
      isSandbox: boolean
    }>
  /** The provider has a page of its own. */
  | Readonly<{ kind: 'redirect'; url: string }>

/** On `asking` and `processing` the buyer decides for the sandbox bank. After `declined` the buyer may pay again. */
export type ShownPayment = 'asking' | 'processing' | 'on-delivery' | 'paid' | 'refunded' | 'declined' | 'cancelled'

/** The page refreshes itself for about a minute before it says that there is nothing to pay. */
const maxRefreshes = 30

type Found = Readonly<{ request: PaymentRequest | Tombstone; payments: readonly Payment[] }>

/** Decides what the page shows. `refreshes` counts how often this buyer's page has refreshed itself. */
export function payPageViewOf(found: Found | undefined, refreshes: number): View {
  if (!found) return { kind: refreshes >= maxRefreshes ? 'nothing-to-pay' : 'preparing' }
  const { request, payments } = found
  if (isTombstone(request)) return { kind: 'nothing-to-pay' }
  const state = stateOf(payments)
  const { payment } = state
  // The sum has changed, and its payment follows in a moment.
  if (!payment && request.status === 'open') return { kind: 'preparing' }
  if (state.kind === 'unpaid' && payment && isOpen(payment)) {
    if (payment.confirmation_url) return { kind: 'redirect', url: payment.confirmation_url }
    // The provider has not answered yet.
    if (!payment.started_at) return { kind: 'preparing' }
  }
  const kind = state.kind === 'unpaid' ? unpaidKind(request, payment) : state.kind
  const { amount, currency, description } = request
  return { kind, price: { amount, currency }, description, isSandbox: payment?.provider === 'sandbox' }
}

function unpaidKind({ status }: PaymentRequest, payment: Payment | undefined): ShownPayment {
  if (!payment) return 'cancelled'
  if (payment.status === 'failed') return status === 'open' ? payment.reason : 'cancelled'
  if (payment.method === 'cash_on_delivery') return 'on-delivery'
  return payment.status === 'processing' || payment.provider !== 'sandbox' ? 'processing' : 'asking'
}
