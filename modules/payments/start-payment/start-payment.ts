import { sql, type Kysely } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import { publish, type EventEnvelope, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import type { paymentRequestedOf } from '../events.ts'
import { started } from '../payment-events.ts'
import type { PayUrlOf } from '../payment-view.ts'
import type { Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { settlementEvents, settleOrThrow } from '../settlement.ts'
import { findPaymentRequest } from '../store/payment-requests.ts'
import { saveSettlement } from '../store/settlements.ts'
import type { PaymentsTables } from '../store/tables.ts'

/** The `payment-requested` event of any module. */
export type PaymentRequested = ReturnType<typeof paymentRequestedOf<string>>
type Requested = EventEnvelope<PayloadOf<PaymentRequested>>

type PreparedPayment =
  | Readonly<{ kind: 'known' }>
  | Readonly<{ kind: 'cancelled' }>
  | Readonly<{ kind: 'started'; provider: string; charge: Charge }>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; returnUrlOf: PayUrlOf }>

export type PrepareStart = (requested: Requested) => Promise<PreparedPayment>

/**
 * Starts the payment at the provider, before the transaction. The payment id is the event id: however often the event is
 * handled, the provider gets the same id, and the event in the log survives a crash between the provider and the database.
 */
export const prepareStart =
  ({ db, providers, returnUrlOf }: Needs): PrepareStart =>
  async ({ event_id, payload }) => {
    const { subject_id, method, amount, currency, description } = payload
    const status = (await findPaymentRequest(db, subject_id))?.status
    const provider = providers.serving(method)
    const key = { payment_id: event_id, amount, currency }
    if (status === 'cancelled') {
      // An earlier start of this event may still be on its way: the provider refuses the id from now on.
      await provider.cancel(key)
      return { kind: 'cancelled' }
    }
    if (status) return { kind: 'known' }
    const charge = await provider.start({ ...key, description, return_url: returnUrlOf(subject_id) })
    crashPoint('after-provider.before-save')
    return { kind: 'started', provider: provider.code, charge }
  }

export type SaveStartedPayment = (tx: AnyTx, requested: Requested, prepared: PreparedPayment) => Promise<void>

/** Inserts the payment request and the payment, or completes the tombstone of a request that was cancelled before. */
export const saveStartedPayment =
  ({ now }: Readonly<{ now: Clock }>): SaveStartedPayment =>
  async (tx, { event_id, payload }, prepared) => {
    const at = now()
    if (prepared.kind === 'known') return
    if (prepared.kind === 'cancelled') return await completeTombstone(tx, payload, at)
    const { provider, charge } = prepared
    const { confirmation_url } = charge
    const payment = await insertRequestedPayment(tx, { ...payload, id: event_id, provider, confirmation_url, at })
    if (!payment)
      throw new Error(`${payload.subject_type} ${payload.subject_id} was requested by another event in the meantime`)
    const settlement = settleOrThrow(payment, charge)
    const saved = await saveSettlement(tx, payment, { settlement, at })
    await publish(tx, [started(payment), ...settlementEvents(settlement, saved, { status: 'open' })])
  }

async function completeTombstone(tx: AnyTx, payload: Requested['payload'], at: Date): Promise<void> {
  const { subject_id, user_id, amount, currency, description, method } = payload
  await sql`
    update payments.payment_requests
    set user_id = ${user_id}, amount = ${amount}, currency = ${currency}, description = ${description}, method = ${method},
        updated_at = ${at}
    where subject_id = ${subject_id} and user_id is null
  `.execute(tx)
}

type NewPayment = Requested['payload'] &
  Readonly<{ id: string; provider: string; confirmation_url: string | null; at: Date }>

/**
 * Inserts the payment request with its first payment. Returns undefined when the subject has a request already: the event
 * is then handled again and finds it.
 */
const insertRequestedPayment = batched<NewPayment, Payment | undefined>(async (tx, payments) => {
  const { rows } = await sql<Payment>`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as new(
        id uuid, subject_type text, subject_id uuid, user_id uuid, amount bigint, currency text, description text,
        method text, provider text, confirmation_url text, at timestamptz)
    ), request as (
      insert into payments.payment_requests
        (subject_id, subject_type, user_id, amount, currency, description, method, status, created_at, updated_at)
      select subject_id, subject_type, user_id, amount, currency, description, method, 'open', at, at from new
      on conflict do nothing returning subject_id
    )
    insert into payments.payments
      (id, subject_type, subject_id, user_id, amount, currency, method, provider, status, confirmation_url, started_at, created_at, updated_at)
    select id, subject_type, subject_id, user_id, amount, currency, method, provider, 'pending', confirmation_url, at, at, at
    from new join request using (subject_id)
    returning *
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return payments.map(({ id }) => byId.get(id))
})
