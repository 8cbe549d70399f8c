import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { newId, type Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { isOpen, refund, stateOf, type Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { listPaymentsOf, lockPaymentRequest } from '../store/payment-store.ts'
import { insertRefund } from '../store/refund-store.ts'
import { saveCharge } from '../store/save-charge.ts'
import type { PaymentsTables } from '../store/table-types.ts'

export type CancelPaymentInput = Readonly<{
  subject_type: string
  subject_id: string
  if_paid: 'keep' | 'refund'
  reason: string
}>

/** Publishes nothing: the subscriber answers the cancellation. */
export type CancelPayment = (input: CancelPaymentInput) => Promise<void>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  providers: Providers
  now: Clock
  finishRefund: (refund_id: string) => Promise<unknown>
}>

/**
 * Closes the payment request, so that no new payment begins; cancels open payments at the provider; refunds what was paid.
 * May be repeated.
 */
export const cancelPayment =
  ({ db, providers, now, finishRefund }: Needs): CancelPayment =>
  async (input) => {
    await closeRequest(db, input, now())
    const open = (await listPaymentsOf(db, input.subject_id)).filter(isOpen)
    const cancelled = await Promise.all(
      open.map(async (payment) => ({ payment, charge: await cancelAtProvider(providers, payment) })),
    )
    crashPoint('after-provider.before-save')
    const refund_ids = await transaction(db, (tx) => saveCancellation(tx, input, { cancelled, at: now() }))
    for (const refund_id of refund_ids) await finishRefund(refund_id)
  }

/** A row without amount and user is a tombstone: a `payment-requested` that arrives later finds it and starts nothing. */
async function closeRequest(
  db: Kysely<PaymentsTables>,
  { subject_type, subject_id, reason }: CancelPaymentInput,
  at: Date,
): Promise<void> {
  await sql`
    insert into payments.payment_requests (subject_id, subject_type, status, reason, created_at, updated_at)
    values (${subject_id}, ${subject_type}, 'cancelled', ${reason}, ${at}, ${at})
    on conflict (subject_id) do update set status = 'cancelled', reason = excluded.reason, updated_at = excluded.updated_at
  `.execute(db)
}

/** Queries before it cancels: a charge may have succeeded since the last read. */
async function cancelAtProvider(providers: Providers, { id, amount, currency, ...payment }: Payment): Promise<Charge> {
  const provider = providers.get(payment.provider)
  const key = { payment_id: id, amount, currency }
  const charge = await provider.query(key)
  return charge?.status === 'succeeded' ? charge : await provider.cancel(key)
}

type Cancelled = Readonly<{ cancelled: readonly Readonly<{ payment: Payment; charge: Charge }>[]; at: Date }>

/** Returns the ids of all requested refunds of the subject, also of those that were requested before. */
async function saveCancellation(tx: AnyTx, input: CancelPaymentInput, { cancelled, at }: Cancelled): Promise<string[]> {
  const request = await lockPaymentRequest(tx, input.subject_id)
  if (!request) throw new Error(`The payment request of ${input.subject_id} does not exist`)
  const current = new Map((await listPaymentsOf(tx, input.subject_id)).map((payment) => [payment.id, payment]))
  for (const { payment, charge } of cancelled)
    await saveCharge(tx, { request, payment: current.get(payment.id) ?? payment, charge, at })
  if (input.if_paid === 'refund') await requestRefund(tx, input, at)
  const { rows } = await sql<{ id: string }>`
    select refund.id from payments.refunds as refund join payments.payments as payment on payment.id = refund.payment_id
    where payment.subject_id = ${input.subject_id} and refund.status = 'requested' order by refund.id
  `.execute(tx)
  return rows.map((row) => row.id)
}

/** Requests the refund of everything that is left of the payment. */
async function requestRefund(tx: AnyTx, { subject_id, reason }: CancelPaymentInput, at: Date): Promise<void> {
  const state = stateOf(await listPaymentsOf(tx, subject_id))
  if (state.kind !== 'paid') return
  const decision = refund(state.payment)
  if (decision.kind === 'refused') return
  const { amount } = decision
  await insertRefund(tx, state.payment, {
    id: newId(),
    amount,
    requested_by: 'cancellation',
    user_id: null,
    reason,
    at,
  })
}
