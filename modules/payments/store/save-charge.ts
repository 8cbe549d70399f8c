import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { newId } from '#platform/values'
import { completed, failed } from '../payment-events.ts'
import { settle, type PaidPayment, type Payment } from '../payment.ts'
import type { Charge } from '../provider.ts'
import { insertTransfer } from './ledger.ts'
import { insertRefund } from './refund-store.ts'
import type { PaymentRequestRow, PaymentRow } from './table-types.ts'

type ReadCharge = Readonly<{
  request: Pick<PaymentRequestRow, 'status'>
  payment: Payment
  charge: Charge
  at: Date
}>

/** Thrown when the provider reports another amount or currency than the payment has: a person has to look at it. */
class ChargeDiffers extends Error {
  constructor({ id, provider, amount, currency }: Payment, charge: Charge) {
    const reported = `${charge.amount} ${charge.currency}`
    super(`${provider} reports ${reported} for the payment ${id} of ${amount} ${currency}: compare the two by hand`)
    this.name = 'ChargeDiffers'
  }
}

/**
 * Saves what the provider reports about a payment and returns the events to publish. The caller holds the lock of the
 * payment request. Throws `ChargeDiffers` for another amount or currency.
 */
export async function saveCharge(tx: AnyTx, { request, payment, charge, at }: ReadCharge): Promise<NewEvent[]> {
  const decision = settle(payment, charge)
  switch (decision.kind) {
    case 'unchanged':
      return []
    case 'refused':
      throw new ChargeDiffers(payment, charge)
    case 'processing':
      await sql`update payments.payments set status = 'processing', updated_at = ${at} where id = ${payment.id}`.execute(
        tx,
      )
      return []
    case 'failed':
      await sql`
        update payments.payments set status = 'failed', reason = ${decision.reason}, updated_at = ${at}
        where id = ${payment.id}
      `.execute(tx)
      // The handler of the cancellation publishes the one answer to a cancelled request.
      return request.status === 'cancelled' && decision.reason === 'cancelled' ? [] : [failed(payment, decision.reason)]
    case 'completed':
      return await saveSuccess(tx, payment, { transaction_id: decision.transaction_id, at })
  }
}

type Success = Readonly<{ transaction_id: string; at: Date }>

async function saveSuccess(tx: AnyTx, payment: Payment, success: Success): Promise<NewEvent[]> {
  const paid = await updateToCompleted(tx, { id: payment.id, ...success })
  const { amount } = paid
  await insertTransfer(tx, { transfer_id: paid.id, payment: paid, amount, at: success.at })
  if (!paid.surplus) return [completed(paid)]
  const refund = { id: newId(), amount, requested_by: 'surplus', user_id: null, reason: 'paid twice' } as const
  await insertRefund(tx, paid, { ...refund, at: success.at })
  return []
}

/** Filters by id beside the join: for a hundred rows of JSON the planner would read the whole table. */
const updateToCompleted = batched<Success & { id: string }, PaidPayment>(async (tx, payments) => {
  const ids = payments.map(({ id }) => id)
  const { rows } = await sql<PaymentRow>`
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
  return ids.map((id) => byId.get(id) as PaidPayment)
})
