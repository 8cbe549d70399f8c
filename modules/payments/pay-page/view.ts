import { isOpen, standingOf, type Payment } from '../payment.ts'
import type { DueRow } from '../tables.ts'

type Due = Pick<DueRow, 'status' | 'amount' | 'currency' | 'description'>

/** What there is to see for whoever opens a pay link. */
export type View =
  | Readonly<{ kind: 'preparing' }>
  | Readonly<{ kind: 'nothing-here' }>
  | Readonly<{ kind: Shown; sum: { amount: number; currency: string }; description: string }>
  | Readonly<{ kind: 'elsewhere'; url: string }>

/** `asking` and `thinking` are the sandbox's: its buyer decides on our page. */
export type Shown = 'asking' | 'thinking' | 'on-delivery' | 'paid' | 'refunded' | 'declined' | 'cancelled'

/** How often a page looks again before it says that there is nothing: about a minute. */
const patience = 30

/** Decides what the page shows. `looks`: how often this buyer's page has looked before. */
export function viewOf(due: Due | undefined, attempts: readonly Payment[], looks: number): View {
  if (due?.amount == null || due.currency === null) {
    if (due?.status === 'cancelled' || looks >= patience) return { kind: 'nothing-here' }
    return { kind: 'preparing' }
  }
  const standing = standingOf(attempts)
  const { payment } = standing
  if (standing.kind === 'unpaid' && payment && isOpen(payment) && payment.confirmation_url)
    return { kind: 'elsewhere', url: payment.confirmation_url }
  const kind = standing.kind === 'unpaid' ? unpaidKind(payment) : standing.kind
  return { kind, sum: { amount: due.amount, currency: due.currency }, description: due.description ?? '' }
}

function unpaidKind(payment: Payment | undefined): Shown {
  if (!payment) return 'cancelled'
  if (payment.status === 'failed') return payment.reason
  if (payment.method === 'cash_on_delivery') return 'on-delivery'
  return payment.status === 'processing' ? 'thinking' : 'asking'
}
