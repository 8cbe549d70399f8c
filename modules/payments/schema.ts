import { Type, type Static } from 'typebox'
import { Amount, Closed, Currency, Id, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { paymentExample, processPaymentExample } from './examples.ts'

export const subjectTypes = ['order', 'subscription', 'donation', 'plan'] as const
export const SubjectType = OneOf(subjectTypes, { description: 'The kind of thing that is paid for' })
export type SubjectType = Static<typeof SubjectType>

export const paymentMethods = ['online', 'cash_on_delivery'] as const
export const PaymentMethod = OneOf(paymentMethods)
export type PaymentMethod = Static<typeof PaymentMethod>

/** `pending` waits for the buyer, `processing` waits for the provider. */
export const paymentStatuses = [
  'pending',
  'processing',
  'completed',
  'failed',
  'refunded',
  'partially_refunded',
] as const
export const PaymentStatus = OneOf(paymentStatuses)
export type PaymentStatus = Static<typeof PaymentStatus>

export const failureReasons = ['declined', 'cancelled'] as const
export const FailureReason = OneOf(failureReasons, { description: 'Why the payment failed' })
export type FailureReason = Static<typeof FailureReason>

export const requestStatuses = ['open', 'settled', 'cancelled'] as const
export type RequestStatus = (typeof requestStatuses)[number]

export const refundStatuses = ['requested', 'done', 'refused'] as const
export type RefundStatus = (typeof refundStatuses)[number]

/** `return`: the buyer sent goods back. `surplus`: the payment was the second success for its subject. */
export const refundRequesters = ['staff', 'cancellation', 'return', 'surplus'] as const
export type RefundRequester = (typeof refundRequesters)[number]

/** Whether a cancellation keeps or refunds what was paid. */
export const IfPaid = OneOf(['keep', 'refund'])
export type IfPaid = Static<typeof IfPaid>

/** `page`: the buyer decides on a page. `auto`: every charge succeeds. `decline`: every charge is declined. */
export const sandboxModes = ['page', 'auto', 'decline'] as const
export type SandboxMode = (typeof sandboxModes)[number]

/** The buttons on the page of the sandbox bank, and the decision of the bank after each. */
export const sandboxDecisions = { approve: 'succeeded', decline: 'declined', wait: 'processing' } as const
export const sandboxButtons = ['approve', 'decline', 'wait'] as const satisfies (keyof typeof sandboxDecisions)[]
export type SandboxButton = (typeof sandboxButtons)[number]
export type SandboxDecision = (typeof sandboxDecisions)[SandboxButton]

export const chargeStatuses = ['pending', 'processing', 'succeeded', 'declined', 'cancelled'] as const
export type ChargeStatus = (typeof chargeStatuses)[number]

export const PaymentView = named(
  'Payment',
  Type.Object(
    {
      id: Id,
      subject_type: SubjectType,
      subject_id: Id,
      user_id: Id,
      amount: Amount,
      currency: Currency,
      method: PaymentMethod,
      provider: Type.String({ description: 'The code of the provider that moves the money' }),
      status: PaymentStatus,
      reason: Nullable(FailureReason),
      transaction_id: Nullable(Type.String({ description: 'The id that the provider gave to the payment' })),
      confirmation_url: Nullable(
        Type.String({ description: 'The page where the buyer pays or sees the result; null for cash and for 0.' }),
      ),
      refunded_amount: Amount,
      created_at: Time,
      completed_at: Nullable(Time),
    },
    { examples: [paymentExample] },
  ),
)
export type PaymentView = Shape<typeof PaymentView>

export const ProcessPaymentBody = named(
  'ProcessPaymentBody',
  Closed({ order_id: Id, method: Type.Optional(PaymentMethod) }, { examples: [processPaymentExample] }),
)

export const RefundView = named(
  'Refund',
  Type.Object({
    id: Id,
    payment_id: Id,
    amount: Amount,
    currency: Currency,
    reason: Type.String(),
    status: OneOf(['requested', 'done']),
    requested_at: Time,
  }),
)
export type RefundView = Shape<typeof RefundView>

/** A refund as staff see it. */
export const AdminRefundView = named(
  'AdminRefund',
  Type.Object({
    ...RefundView.properties,
    status: OneOf(refundStatuses),
    requested_by: OneOf(refundRequesters, { description: '`surplus`: the order was paid twice' }),
    user_id: Nullable(Type.String({ format: 'uuid', description: 'The member of staff' })),
    done_at: Nullable(Time),
    contradicted_at: Nullable(
      Type.String({ ...Time, description: 'When the provider said that it made the refund, which it had refused' }),
    ),
    resolved_at: Nullable(Time),
    resolved_by: Nullable(Id),
    resolution: Nullable(Type.String({ description: 'How a person settled the contradiction' })),
  }),
)
export type AdminRefundView = Shape<typeof AdminRefundView>

/** A payment as staff see it. */
export const AdminPaymentView = named(
  'AdminPayment',
  Type.Object({
    ...PaymentView.properties,
    refunds: Type.Array(AdminRefundView, { description: 'Newest first' }),
  }),
)

export const ResolveContradictionBody = named(
  'ResolveContradictionBody',
  Closed({
    resolution: Text(1000, { minLength: 1, description: 'How you settled it with the provider or the buyer' }),
  }),
)

/** Why a refund was refused: by the provider, or before it was asked because the payment has less left. */
const refundRefusals = ['provider-refused', 'exceeds-captured'] as const
export const RefundRefusal = OneOf(refundRefusals)
export type RefundRefusal = Static<typeof RefundRefusal>

export const RefundPaymentBody = named(
  'RefundPaymentBody',
  Closed({
    id: Type.Optional(Id),
    amount: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Minor units; everything that is left to refund when absent',
      }),
    ),
    besides_return: Type.Optional(
      Type.Boolean({
        description: 'Refund also while a return of the order waits for its refund: this sum is paid besides',
      }),
    ),
    reason: Text(500, { minLength: 1 }),
  }),
)

const WebhookResult = OneOf(['settled', 'unchanged', 'duplicate'], {
  description: 'What the webhook changed after the payment was read at the provider',
})
export type WebhookResult = Static<typeof WebhookResult>

export const WebhookView = named('ReceivedWebhook', Type.Object({ payment_id: Id, result: WebhookResult }))
export type WebhookView = Shape<typeof WebhookView>
