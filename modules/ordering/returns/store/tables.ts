import type { Generated, Selectable } from 'kysely'
import type { RefundRefusal } from '#payments/events'
import type { Locale } from '#platform/values'
import type { ReturnStatus } from '../schema.ts'

type Returns = {
  id: string
  order_id: string
  status: Generated<ReturnStatus>
  reason: string | null
  answer: string | null
  note: string | null
  locale: Locale
  created_at: Date
  approved_at: Date | null
  refused_at: Date | null
  received_at: Date | null
  refunded_at: Date | null
  refundable_amount: number | null
  refund_id: string | null
  refund_amount: number | null
  refund_refused_at: Date | null
  refund_refused_reason: RefundRefusal | null
  refused_refund_ids: Generated<string[]>
  updated_at: Date
}

type ReturnLines = {
  return_id: string
  order_id: string
  position: number
  quantity: number
  sellable: number | null
  damaged: number | null
  missing: number | null
  amount: number | null
}

export type ReturnTables = { 'ordering.returns': Returns; 'ordering.return_lines': ReturnLines }
export type ReturnRow = Selectable<Returns>
