import { paymentRefunded, paymentRefundRefused } from '#payments/events'
import { subscribe } from '#platform/events'
import type { ReturnMail } from '../store/return-mail.ts'
import type { SettleRefund } from './settle-refund.ts'

type Needs = Readonly<{ settleRefund: SettleRefund; returnMail: Pick<ReturnMail, 'mailboxOf'> }>

/** Handles the answers of payments to the refunds of returns. */
export const settleRefundSubscriptions = ({ settleRefund, returnMail }: Needs) => [
  subscribe(paymentRefunded, {
    prepare: ({ payload: { refund_id } }) => returnMail.mailboxOf({ refund_id }),
    handle: (tx, { payload: { refund_id } }, mailbox) => settleRefund(tx, { refund_id, is_refunded: true }, mailbox),
  }),
  subscribe(paymentRefundRefused, (tx, { payload: { refund_id, reason = null } }) =>
    settleRefund(tx, { refund_id, is_refunded: false, reason }, undefined),
  ),
]
