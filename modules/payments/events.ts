import { Type } from 'typebox'
import { defineEvent } from '#platform/events'

const Id = Type.String({ format: 'uuid' })
const Amount = Type.Integer({ minimum: 0, description: 'Minor units' })
const Currency = Type.String({ minLength: 3, maxLength: 3 })

const subject = { subject_type: Type.String(), subject_id: Id }
const charge = { payment_id: Id, ...subject, user_id: Id, amount: Amount, currency: Currency, provider: Type.String() }

/** What any module tells when money is due: payments hears the version of each module it is wired to. */
export const paymentRequestedOf = <const Module extends string>(module: Module) =>
  defineEvent(`${module}.payment-requested.v1`, {
    description:
      'Money is due: payments asks the provider for it. Told again with the same event id, it changes nothing.',
    key: 'subject_id',
    payload: Type.Object({
      ...subject,
      user_id: Id,
      amount: Amount,
      currency: Currency,
      description: Type.String(),
      method: Type.Union([Type.Literal('online'), Type.Literal('cash_on_delivery')]),
    }),
  })

/** What any module tells to take `payment-due` back. Payments asks the provider first and never charges afterwards. */
export const paymentCancellationRequestedOf = <const Module extends string>(module: Module) =>
  defineEvent(`${module}.payment-cancellation-requested.v1`, {
    description:
      'Money is no longer due: an open payment is cancelled; a completed one is kept or refunded, as if_paid says.',
    key: 'subject_id',
    payload: Type.Object({
      ...subject,
      if_paid: Type.Union([Type.Literal('keep'), Type.Literal('refund')]),
      reason: Type.String(),
    }),
  })

export const paymentStarted = defineEvent('payments.payment-started.v1', {
  description: 'The provider has been asked for the money (or the courier will be).',
  key: 'subject_id',
  payload: Type.Object(charge),
})

export const paymentCompleted = defineEvent('payments.payment-completed.v1', {
  description: 'The money is there.',
  alias: 'payment.completed',
  key: 'subject_id',
  payload: Type.Object({ ...charge, transaction_id: Type.String() }),
})

export const paymentFailed = defineEvent('payments.payment-failed.v1', {
  description: 'No money will come of what was due, unless payment is started again.',
  alias: 'payment.failed',
  key: 'subject_id',
  payload: Type.Object({
    ...subject,
    payment_id: Type.Optional(Id),
    reason: Type.Union([Type.Literal('declined'), Type.Literal('cancelled')]),
  }),
})

export const paymentRefunded = defineEvent('payments.payment-refunded.v1', {
  description: 'Money went back to the buyer, in whole or in part.',
  alias: 'payment.refunded',
  key: 'subject_id',
  payload: Type.Object({
    ...charge,
    refund_id: Id,
    refunded_amount: Amount,
    refunded_total: Amount,
    whole: Type.Boolean(),
  }),
})

export const paymentsEvents = [paymentStarted, paymentCompleted, paymentFailed, paymentRefunded]
