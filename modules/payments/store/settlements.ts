import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { newId } from '#platform/values'
import type { PaidPayment, Payment } from '../payment.ts'
import type { FailureReason } from '../schema.ts'
import type { Settlement } from '../settlement.ts'
import { insertRefund } from './refunds.ts'
import { insertTransfer } from './transfers.ts'

/** Saves how a charge changed a payment, and returns the payment after it. The caller holds the lock of its subject. */
export async function saveSettlement(
  tx: AnyTx,
  payment: Payment,
  { settlement, at }: Readonly<{ settlement: Settlement; at: Date }>,
): Promise<Payment> {
  switch (settlement.kind) {
    case 'unchanged':
      return payment
    case 'processing':
      return await updateToProcessing(tx, payment.id, at)
    case 'failed':
      return await updateToFailed(tx, payment.id, { reason: settlement.reason, at })
    case 'completed':
      return await saveSuccess(tx, { id: payment.id, transaction_id: settlement.transaction_id, at })
  }
}

async function updateToProcessing(tx: AnyTx, id: string, at: Date): Promise<Payment> {
  const { rows } = await sql<Payment>`
    update payments.payments set status = 'processing', updated_at = ${at} where id = ${id} returning *
  `.execute(tx)
  return existing(id, rows[0])
}

async function updateToFailed(
  tx: AnyTx,
  id: string,
  { reason, at }: Readonly<{ reason: FailureReason; at: Date }>,
): Promise<Payment> {
  const { rows } = await sql<Payment>`
    update payments.payments set status = 'failed', reason = ${reason}, updated_at = ${at} where id = ${id} returning *
  `.execute(tx)
  return existing(id, rows[0])
}

type Success = Readonly<{ id: string; transaction_id: string; at: Date }>

/** Completes the payment and books it. A surplus is refunded in full. */
async function saveSuccess(tx: AnyTx, success: Success): Promise<PaidPayment> {
  const paid = await updateToCompleted(tx, success)
  const { amount } = paid
  await insertTransfer(tx, { transfer_id: paid.id, payment: paid, amount, at: success.at })
  if (!paid.surplus) return paid
  const refund = { id: newId(), amount, requested_by: 'surplus', user_id: null, reason: 'paid twice' } as const
  await insertRefund(tx, paid, { ...refund, at: success.at })
  return paid
}

/** Filters by id beside the join: for a hundred rows of JSON the planner would read the whole table. */
const updateToCompleted = batched<Success, PaidPayment>(async (tx, payments) => {
  const ids = payments.map(({ id }) => id)
  const { rows } = await sql<PaidPayment>`
    with success as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as success(id uuid, transaction_id text, at timestamptz)
    ), paid as (
      update payments.payments as payment
      set status = 'completed', reason = null, transaction_id = success.transaction_id, completed_at = success.at,
          updated_at = success.at, started_at = coalesce(started_at, success.at),
          surplus = exists (
            select from payments.payments as other
            where other.subject_id = payment.subject_id and other.id <> payment.id
              and other.status in ('completed', 'partially_refunded') and not other.surplus
          )
      from success where payment.id = success.id and payment.id = any(${ids}::uuid[])
      returning payment.*
    ), settled as (
      update payments.payment_requests as request set status = 'settled', updated_at = paid.updated_at
      from paid where request.subject_id = paid.subject_id and request.status = 'open'
    )
    select * from paid
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => existing(id, byId.get(id)))
})

function existing<Saved extends Payment>(id: string, payment: Saved | undefined): Saved {
  if (!payment) throw new Error(`The payment ${id} does not exist`)
  return payment
}
