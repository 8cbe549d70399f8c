import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { newId } from '#platform/values'
import { book } from './ledger.ts'
import { completed, failed } from './news.ts'
import { settle, type PaidPayment, type Payment } from './payment.ts'
import type { Charge } from './provider.ts'
import { promiseRefund } from './promise-refund.ts'
import type { DueRow, PaymentRow } from './tables.ts'

type Word = Readonly<{ due: Pick<DueRow, 'status'>; payment: Payment; charge: Charge; at: Date }>

/** Thrown when a provider speaks of another sum than was asked for: people have to look at that. */
class ChargeDiffers extends Error {
  constructor({ id, provider, amount, currency }: Payment, charge: Charge) {
    super(`${provider} says ${charge.amount} ${charge.currency} of payment ${id}, asked were ${amount} ${currency}`)
    this.name = 'ChargeDiffers'
  }
}

/**
 * Writes a provider's word into our books and returns what is to be told of it. The subject is locked by the caller.
 * Throws `ChargeDiffers` on another sum.
 */
export async function keepCharge(tx: AnyTx, { due, payment, charge, at }: Word): Promise<NewEvent[]> {
  const settling = settle(payment, charge)
  switch (settling.kind) {
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
        update payments.payments set status = 'failed', reason = ${settling.reason}, updated_at = ${at}
        where id = ${payment.id}
      `.execute(tx)
      // What was called off is answered by cancel-payment, once.
      return due.status === 'cancelled' && settling.reason === 'cancelled' ? [] : [failed(payment, settling.reason)]
    case 'completed':
      return await keepMoney(tx, payment, { transaction_id: settling.transaction_id, at })
  }
}

type Money = Readonly<{ transaction_id: string; at: Date }>

async function keepMoney(tx: AnyTx, payment: Payment, money: Money): Promise<NewEvent[]> {
  const paid = await completePayment(tx, { id: payment.id, ...money })
  await book(tx, { transfer_id: paid.id, payment: paid, amount: paid.amount, at: money.at })
  if (!paid.surplus) return [completed(paid)]
  const { amount } = paid
  await promiseRefund(tx, paid, {
    id: newId(),
    amount,
    asked_by: 'surplus',
    user_id: null,
    reason: 'paid twice',
    at: money.at,
  })
  return []
}

/** By id as well as by join: the planner thinks a hundred rows of JSON worth reading the whole table for. */
const completePayment = batched<Money & { id: string }, PaidPayment>(async (tx, payments) => {
  const ids = payments.map(({ id }) => id)
  const { rows } = await sql<PaymentRow>`
    with money as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as money(id uuid, transaction_id text, at timestamptz)
    ), paid as (
      update payments.payments as payment
      set status = 'completed', reason = null, transaction_id = money.transaction_id, completed_at = money.at,
          updated_at = money.at, started_at = coalesce(started_at, money.at),
          surplus = exists (
            select from payments.payments as rival
            where rival.subject_id = payment.subject_id and rival.id <> payment.id
              and rival.status in ('completed', 'partially_refunded') and not rival.surplus
          )
      from money where payment.id = money.id and payment.id = any(${ids}::uuid[])
      returning payment.*
    ), settled as (
      update payments.dues as due set status = 'settled', updated_at = paid.updated_at
      from paid where due.subject_id = paid.subject_id and due.status = 'due'
    )
    select * from paid
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) as PaidPayment)
})
