import type { Generated, Kysely, Selectable } from 'kysely'
import type {
  ChargeStatus,
  FailureReason,
  PaymentMethod,
  PaymentStatus,
  RefundRequester,
  RefundStatus,
  RequestStatus,
  SubjectType,
} from '../schema.ts'

type PaymentRequests = {
  subject_id: string
  subject_type: SubjectType
  user_id: string | null
  amount: number | null
  currency: string | null
  description: string | null
  method: PaymentMethod | null
  status: RequestStatus
  reason: string | null
  revision: Generated<number>
  created_at: Date
  updated_at: Date
}

type Payments = {
  id: string
  subject_type: SubjectType
  subject_id: string
  user_id: string
  amount: number
  currency: string
  revision: Generated<number>
  method: PaymentMethod
  provider: string
  status: PaymentStatus
  reason: FailureReason | null
  transaction_id: string | null
  confirmation_url: string | null
  refunded_amount: Generated<number>
  refunding_amount: Generated<number>
  surplus: Generated<boolean>
  started_at: Date | null
  completed_at: Date | null
  created_at: Date
  updated_at: Date
}

type Refunds = {
  id: string
  payment_id: string
  amount: number
  currency: string
  requested_by: RefundRequester
  user_id: string | null
  reason: string
  status: RefundStatus
  requested_at: Date
  done_at: Date | null
  refused_at: Date | null
  /** When the provider said that it made a refund that was refused and that staff may have repeated. */
  contradicted_at: Date | null
  resolved_at: Date | null
  resolved_by: string | null
  /** How a person settled the contradiction. */
  resolution: string | null
  /** Names the call of the process that asks the provider. */
  lease: string | null
  leased_until: Date | null
}

/** The returns of buyers: one that has not ended keeps staff from a refund by hand. */
type Returns = { return_id: string; subject_id: string; ended_at: Date | null }

type Ledger = {
  entry_id: Generated<number>
  transfer_id: string
  account: string
  amount: number
  currency: string
  payment_id: string
  at: Date
}

type Webhooks = { provider: string; webhook_id: string; payment_id: string; received_at: Date }

type SandboxCharges = {
  payment_id: string
  amount: number
  currency: string
  status: ChargeStatus
  refunded_amount: Generated<number>
  changed_at: Generated<Date>
}

type SandboxRefunds = { refund_id: string; payment_id: string; amount: number }

export type PaymentsTables = {
  'payments.payment_requests': PaymentRequests
  'payments.payments': Payments
  'payments.refunds': Refunds
  'payments.returns': Returns
  'payments.ledger': Ledger
  'payments.webhooks': Webhooks
  'payments.sandbox_charges': SandboxCharges
  'payments.sandbox_refunds': SandboxRefunds
  'payments.sandbox_refused_refunds': { refund_id: string }
}

export type PaymentsDb = Kysely<PaymentsTables>

export type PaymentRow = Selectable<Payments>
export type RefundRow = Selectable<Refunds>
