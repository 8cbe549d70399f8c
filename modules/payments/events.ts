import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Amount, Currency, Id } from '#platform/schema'
import { FailureReason, IfPaid, PaymentMethod, PaymentStatus, RefundRefusal, SubjectType } from './schema.ts'

export { PaymentMethod, paymentMethods, PaymentStatus, RefundRefusal } from './schema.ts'

const subject = { subject_type: SubjectType, subject_id: Id }
const revision = Type.Optional(
  Type.Integer({ minimum: 1, description: 'How often the sum has changed, from 1. 1 when absent' }),
)
/** Other modules show `status` as it is: one payment has one status everywhere. */
const charge = {
  payment_id: Id,
  ...subject,
  status: PaymentStatus,
  user_id: Id,
  amount: Amount,
  currency: Currency,
  provider: Type.String(),
  revision,
}

/** The command to start a payment. Each module that needs payments publishes its own version. */
export const paymentRequestedOf = <const Module extends string>(module: Module) =>
  defineEvent(`${module}.payment-requested.v1`, {
    description:
      'A payment is requested: payments starts it at the provider. A repeat with the same event id changes nothing. A request with a greater revision replaces the payment: the old one is cancelled, or refunded when it was completed.',
    key: 'subject_id',
    payload: Type.Object({
      ...subject,
      revision,
      user_id: Id,
      amount: Amount,
      currency: Currency,
      description: Type.String(),
      method: PaymentMethod,
    }),
  })

/** The command that takes `payment-requested` back. Payments reads the payment at the provider and never charges later. */
export const paymentCancellationRequestedOf = <const Module extends string>(module: Module) =>
  defineEvent(`${module}.payment-cancellation-requested.v1`, {
    description:
      'The payment is no longer needed: an open payment is cancelled; a completed one is kept or refunded, as if_paid says. One for an earlier revision is never kept.',
    key: 'subject_id',
    payload: Type.Object({ ...subject, revision, if_paid: IfPaid, reason: Type.String() }),
  })

/** The command to refund a part of what a buyer paid. Each module that refunds publishes its own version. */
export const refundRequestedOf = <const Module extends string>(module: Module) =>
  defineEvent(`${module}.refund-requested.v1`, {
    description:
      'A part of the payment is due back: payments refunds it, and answers with payment-refunded or payment-refund-refused. A repeat with the same refund_id changes nothing.',
    key: 'subject_id',
    payload: Type.Object({
      ...subject,
      refund_id: Id,
      return_id: Type.Optional(
        Type.String({
          ...Id,
          description: 'The return that it is for: staff refund nothing beside it until it has ended',
        }),
      ),
      amount: Type.Integer({ minimum: 1, description: 'Minor units' }),
      reason: Type.String(),
    }),
  })

export const paymentStarted = defineEvent('payments.payment-started.v1', {
  description: 'The payment exists at the provider, or the courier will collect cash.',
  key: 'subject_id',
  payload: Type.Object(charge),
})

export const paymentProcessing = defineEvent('payments.payment-processing.v1', {
  description: 'The buyer has paid, and the provider has not decided yet.',
  key: 'subject_id',
  payload: Type.Object(charge),
})

export const paymentCompleted = defineEvent('payments.payment-completed.v1', {
  description: 'The provider holds the money.',
  alias: 'payment.completed',
  key: 'subject_id',
  payload: Type.Object({ ...charge, transaction_id: Type.String() }),
})

export const paymentFailed = defineEvent('payments.payment-failed.v1', {
  description:
    'The payment failed. After `declined` the buyer may start another one until the request is cancelled; after `cancelled` no other one starts.',
  alias: 'payment.failed',
  key: 'subject_id',
  payload: Type.Object({
    ...subject,
    payment_id: Type.Optional(Id),
    revision,
    status: Type.Optional(PaymentStatus),
    reason: FailureReason,
  }),
})

export const paymentRefunded = defineEvent('payments.payment-refunded.v1', {
  description: 'The provider refunded the payment, in full or in part.',
  alias: 'payment.refunded',
  key: 'subject_id',
  payload: Type.Object({
    ...charge,
    refund_id: Id,
    refund_amount: Amount,
    refunded_amount: Type.Integer({ minimum: 0, description: 'All refunds of the payment, including this one' }),
    fully_refunded: Type.Boolean({ description: 'True when the buyer has got back the full amount' }),
  }),
})

export const paymentRefundRefused = defineEvent('payments.payment-refund-refused.v1', {
  description:
    'A refund that another module requested was refused: by the provider, or because it exceeds what is left of the payment. Staff refund a cancelled payment by hand, and `payment-refunded` follows.',
  key: 'subject_id',
  payload: Type.Object({ ...charge, refund_id: Id, refund_amount: Amount, reason: Type.Optional(RefundRefusal) }),
})

export const paymentsEvents = [
  paymentStarted,
  paymentProcessing,
  paymentCompleted,
  paymentFailed,
  paymentRefunded,
  paymentRefundRefused,
]
