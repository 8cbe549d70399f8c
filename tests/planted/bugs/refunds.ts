import type { Bug } from '../bug.ts'

const payments = (file: string) => `modules/payments/${file}`

/** Refunds and cancelled payments. */
export const refundBugs: readonly Bug[] = [
  {
    description: 'two refunds of one payment do not wait for each other',
    requirement: 'PAY-5',
    file: payments('refund-payment/refund-payment.ts'),
    text: 'const { payment } = await lockPayment(tx, found)',
    replacement: 'const payment = found',
    caughtBy: payments('refund-payment/refund-payment.test.ts'),
  },
  {
    description: 'a refund id of another payment counts as a repeat',
    requirement: 'PAY-5',
    file: payments('refund-payment/refund-payment.ts'),
    text: 'refund.payment_id === input.payment_id &&',
    replacement: '',
    caughtBy: payments('refund-payment/refund-payment.test.ts'),
  },
  {
    description: 'a requested refund overwrites the amount of the requested refund before it',
    requirement: 'PAY-5',
    file: payments('store/refunds.ts'),
    text: 'set refunding_amount = refunding_amount + ${amount}',
    replacement: 'set refunding_amount = ${amount}',
    caughtBy: payments('refund-payment/refund-payment.test.ts'),
  },
  {
    description: 'a refund that another process finished is booked again',
    requirement: 'PAY-7',
    file: payments('finish-refund/finish-refund.ts'),
    text: "answer !== undefined && refund.status === 'requested'",
    replacement: 'answer !== undefined',
    caughtBy: payments('refund-payment/refund-payment.test.ts'),
  },
  {
    description: 'a refund is booked in the wrong direction',
    requirement: 'PAY-7',
    file: payments('finish-refund/finish-refund.ts'),
    text: 'amount: -refund.amount',
    replacement: 'amount: refund.amount',
    caughtBy: payments('refund-payment/refund-payment.test.ts'),
  },
  {
    description: 'the payment of a cancelled order is not refunded',
    requirement: 'PAY-6',
    file: payments('cancel-payment/cancel-payment.ts'),
    text: "if (input.if_paid === 'refund')",
    replacement: "if (input.if_paid === 'keep')",
    caughtBy: payments('cancel-payment/cancel-payment.test.ts'),
  },
  {
    description: 'a charge that succeeded is cancelled at the bank, because the answer to the query is ignored',
    requirement: 'PAY-6',
    file: payments('cancel-payment/cancel-payment.ts'),
    text: "return charge?.status === 'succeeded' ? charge : await provider.cancel(key)",
    replacement: "return charge?.status === 'pending' ? charge : await provider.cancel(key)",
    caughtBy: payments('cancel-payment/cancel-payment.test.ts'),
  },
  {
    description: 'a refund that the bank refuses is requested again for ever',
    requirement: 'PAY-5',
    file: payments('cancel-payment/answer-cancellation.ts'),
    text: "if (if_paid === 'refund' && refused)",
    replacement: "if (if_paid === 'keep' && refused)",
    caughtBy: payments('cancel-payment/cancel-payment.test.ts'),
  },
  {
    description: 'the refund of a second payment, repeated by staff, counts as the refund of the order',
    requirement: 'PAY-5',
    file: 'modules/payments/finish-refund/finish-refund.ts',
    text: 'if (isAwaited && !after.surplus)',
    replacement: 'if (isAwaited)',
    caughtBy: 'modules/payments/settle-payment/settle-payment.test.ts',
  },
  {
    description: 'a cancellation that is handled again has another answer',
    requirement: 'ORD-6',
    file: 'modules/payments/cancel-payment/answer-cancellation.ts',
    text: '[answerTo(event_id, event)]',
    replacement: '[event_id ? event : answerTo(event_id, event)]',
    caughtBy: 'modules/payments/cancel-payment/cancel-payment.test.ts',
  },
]
