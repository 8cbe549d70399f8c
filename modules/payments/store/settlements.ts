import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { newId } from '#platform/values'
import { isPaid, type Payment } from '../payment.ts'
import type { FailureReason, PaymentStatus, RequestStatus } from '../schema.ts'
import type { Settlement } from '../settlement.ts'
import { insertRefund } from './refunds.ts'
import { insertEntries } from './transfers.ts'

type SettlementToSave = Readonly<{
  settlement: Settlement
  at: Date
  /** The answer of the provider about a payment that it has. */
  answer?: Readonly<{ confirmation_url: string | null }>
}>

/** A payment after its settlement. `is_first`: no earlier answer of the provider was saved. */
type SettledPayment = Readonly<{
  payment: Payment
  is_first: boolean
  request_status: RequestStatus
  /** A payment for an earlier revision of the request: its success is refunded. */
  is_outdated: boolean
}>

/** Saves how a charge changed a payment, and returns the payment after it. The caller holds the lock of its subject. */
export async function saveSettlement(
  tx: AnyTx,
  payment: Payment,
  { settlement, at }: Pick<SettlementToSave, 'settlement' | 'at'>,
): Promise<Payment> {
  if (settlement.kind === 'unchanged') return payment
  const settled = await trySettlement(tx, payment, { settlement, at })
  if (!settled) throw new Error(`The payment ${payment.id} is not ${payment.status} any more, although it is locked`)
  return settled.payment
}

/**
 * Saves a settlement that was decided from `payment`. Returns undefined and saves nothing when the payment has another
 * status by now. The statement locks the request of the payment, books a success, and settles the request. It sees no
 * other payment of the subject that completes while it waits for the lock: when the subject may have one, lock before.
 */
export async function trySettlement(
  tx: AnyTx,
  payment: Payment,
  toSave: SettlementToSave,
): Promise<SettledPayment | undefined> {
  const row = await savePayments(tx, rowOf(payment, toSave))
  if (!row) return undefined
  const { is_first, request_status, request_revision, is_success, ...saved } = row
  const is_outdated = saved.revision < request_revision
  if (is_success && isPaid(saved) && saved.surplus) {
    const { amount } = saved
    const reason = is_outdated ? 'the sum has changed' : 'paid twice'
    const refund = { id: newId(), amount, requested_by: 'surplus', user_id: null, reason } as const
    await insertRefund(tx, saved, { ...refund, at: toSave.at })
  }
  return { payment: saved, is_first, request_status, is_outdated }
}

type Change = Readonly<{ status?: PaymentStatus; reason?: FailureReason; transaction_id?: string }>

function changeOf(settlement: Settlement): Change {
  switch (settlement.kind) {
    case 'unchanged':
      return {}
    case 'processing':
      return { status: 'processing' }
    case 'failed':
      return { status: 'failed', reason: settlement.reason }
    case 'completed':
      return { status: 'completed', transaction_id: settlement.transaction_id }
  }
}

const rowOf = ({ id, subject_id, status }: Payment, { settlement, at, answer }: SettlementToSave) => ({
  ...changeOf(settlement),
  id,
  subject_id,
  known_status: status,
  is_success: settlement.kind === 'completed',
  is_answer: answer !== undefined || settlement.kind === 'completed',
  confirmation_url: answer?.confirmation_url ?? null,
  at,
})

/** `is_success`: this statement completed the payment. */
type SavedRow = Payment &
  Readonly<{ is_first: boolean; is_success: boolean; request_status: RequestStatus; request_revision: number }>

/**
 * Locks the payment requests before the payments, as every write about a subject does. Filters by id beside the join: for
 * a hundred rows of JSON the planner would read the whole table.
 */
const savePayments = batched<ReturnType<typeof rowOf>, SavedRow | undefined>(async (tx, changes) => {
  const subject_ids = changes.map(({ subject_id }) => subject_id)
  const { rows } = await sql<SavedRow>`
    with change as (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(
        id uuid, subject_id uuid, known_status text, status text, reason text, transaction_id text, is_success boolean,
        is_answer boolean, confirmation_url text, at timestamptz)
    ), request as materialized (
      select subject_id, status, revision from payments.payment_requests
      where subject_id = any(${subject_ids}::uuid[]) order by subject_id for update
    ), saved as (
      update payments.payments as payment
      set status = coalesce(change.status, payment.status),
          reason = case when change.status is null then payment.reason else change.reason end,
          transaction_id = coalesce(change.transaction_id, payment.transaction_id),
          completed_at = case when change.is_success then change.at else payment.completed_at end,
          started_at = case when change.is_answer then coalesce(payment.started_at, change.at) else payment.started_at end,
          confirmation_url = coalesce(payment.confirmation_url, change.confirmation_url),
          updated_at = change.at,
          surplus = payment.surplus or change.is_success and (payment.revision < request.revision or exists (
            select from payments.payments as other
            where other.subject_id = payment.subject_id and other.id <> payment.id and other.revision = payment.revision
              and other.status in ('completed', 'partially_refunded') and not other.surplus
          ))
      from change join request using (subject_id)
      where payment.id = change.id and payment.id = any(${changes.map(({ id }) => id)}::uuid[])
        and payment.status = change.known_status
      returning payment.*, old.started_at is null as is_first, request.status as request_status,
        request.revision as request_revision, change.is_success
    ), settled as (
      update payments.payment_requests as request set status = 'settled', updated_at = saved.updated_at
      from saved where saved.is_success and request.subject_id = saved.subject_id and request.status = 'open'
        and request.revision = saved.revision
        and request.subject_id = any(${subject_ids}::uuid[])
    ), booked as (${insertEntries(sql`
      select id as transfer_id, id as payment_id, provider, subject_type, surplus, amount, currency, updated_at as at
      from saved where is_success`)}
    )
    select * from saved
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return changes.map(({ id }) => byId.get(id))
})
