import type { Bug } from '../bug.ts'

const ordering = (file: string) => `modules/ordering/${file}`

/** Edits of orders that wait for their payment. */
export const orderEditBugs: readonly Bug[] = [
  {
    description: 'a payment of the total before an edit pays the edited order',
    requirement: 'ORD-7',
    file: ordering('advance-checkout/advance-checkout.ts'),
    text: 'payment_revision < order.payment_revision,',
    replacement: 'payment_revision < 0,',
    caughtBy: ordering('change-order/change-order.test.ts'),
  },
  {
    description: 'of two edits at once the second is saved over the first',
    requirement: 'ORD-7',
    file: ordering('change-order/change-order.ts'),
    text: '      if (late) return late',
    replacement: '      if (late?.reason === "order-not-editable") return late',
    caughtBy: ordering('change-order/change-order.test.ts'),
  },
  {
    description: 'an edit that is refused late goes on holding what it added',
    requirement: 'ORD-7',
    file: ordering('change-order/change-order.ts'),
    text: 'if (isRefusal(outcome)) await releaseAdded(needs, held)',
    replacement: '',
    caughtBy: ordering('change-order/change-order.test.ts'),
  },
  {
    description: 'a late success of the sum before an edit counts as the payment of the order',
    requirement: 'ORD-7',
    file: 'modules/payments/store/settlements.ts',
    text: 'change.is_success and (payment.revision < request.revision or exists (',
    replacement: 'change.is_success and (exists (',
    caughtBy: 'modules/payments/start-payment/replace-payment.test.ts',
  },
  {
    description: 'an edit gives back the added pieces instead of giving them to the hold of the order',
    requirement: 'ORD-7',
    file: 'modules/catalog/stock/change-hold/change-hold.ts',
    text: 'keeps: isOpen && !isLost,',
    replacement: 'keeps: isLost,',
    caughtBy: 'modules/catalog/stock/change-hold/change-hold.test.ts',
  },
  {
    description: 'an edited order whose new payment was never requested cannot be cancelled',
    requirement: 'ORD-5',
    file: ordering('advance-checkout/advance-checkout.ts'),
    text: 'order.reason === null &&',
    replacement: '',
    caughtBy: ordering('change-order/late-changes.test.ts'),
  },
  {
    description: 'a link that its buyer ends during an edit opens the order again',
    requirement: 'ORD-11',
    file: ordering('change-order/change-order.ts'),
    text: ' ?? refusalOfLink(order, locked)',
    replacement: '',
    caughtBy: ordering('change-order/late-changes.test.ts'),
  },
  {
    description: 'a payment that starts during an edit is lost to the order',
    requirement: 'ORD-6',
    file: ordering('change-order/change-order.ts'),
    text: 'const edited = afterEdit(locked, changes, priced)',
    replacement: 'const edited = afterEdit(order, changes, priced)',
    caughtBy: ordering('change-order/late-changes.test.ts'),
  },
  {
    description: 'a refund by hand of the sum before an edit counts as the refund of the order',
    requirement: 'PAY-5',
    file: 'modules/payments/finish-refund/finish-refund.ts',
    text: ' && !isOutdated)',
    replacement: ')',
    caughtBy: 'modules/payments/start-payment/replace-payment.test.ts',
  },
  {
    description: 'an edit drops a promotion of the order that has got a code since',
    requirement: 'CAT-14',
    file: 'modules/promotions/reprice-order/reprice-order.ts',
    text: 'automatic: promotions, coupon: null',
    replacement: 'automatic: promotions.slice(0, 1), coupon: null',
    caughtBy: 'modules/promotions/reprice-order/reprice-order.test.ts',
  },
]
