import type { Generated, Selectable } from 'kysely'
import type { Reason, Method, Status } from './payment.ts'

type Due = {
  subject_id: string
  subject_type: string
  user_id: string | null
  amount: number | null
  currency: string | null
  description: string | null
  method: Method | null
  status: 'due' | 'settled' | 'cancelled'
  reason: string | null
  created_at: Date
  updated_at: Date
}

type Payment = {
  id: string
  subject_type: string
  subject_id: string
  user_id: string
  amount: number
  currency: string
  method: Method
  provider: string
  status: Status
  reason: Reason | null
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

type Refund = {
  id: string
  payment_id: string
  amount: number
  currency: string
  asked_by: 'staff' | 'not-due' | 'surplus'
  user_id: string | null
  reason: string
  status: 'requested' | 'done' | 'refused'
  requested_at: Date
  done_at: Date | null
}

type Entry = {
  entry_id: Generated<number>
  transfer_id: string
  account: string
  amount: number
  currency: string
  payment_id: string
  at: Date
}

type SandboxCharge = {
  payment_id: string
  amount: number
  currency: string
  status: 'pending' | 'processing' | 'succeeded' | 'declined' | 'cancelled'
  refunded_amount: Generated<number>
  changed_at: Generated<Date>
}

type SandboxRefund = { refund_id: string; payment_id: string; amount: number }

export type PaymentsTables = {
  'payments.dues': Due
  'payments.payments': Payment
  'payments.refunds': Refund
  'payments.ledger': Entry
  'payments.sandbox_charges': SandboxCharge
  'payments.sandbox_refunds': SandboxRefund
}

export type DueRow = Selectable<Due>
export type PaymentRow = Selectable<Payment>
export type RefundRow = Selectable<Refund>

/** A due that is no tombstone: a CHECK keeps its facts together. */
export type Owed = { [Fact in keyof DueRow]: Fact extends 'reason' ? string | null : NonNullable<DueRow[Fact]> }
