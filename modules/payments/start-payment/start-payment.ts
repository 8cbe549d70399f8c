import { sql, type Kysely } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import { publish, type EventEnvelope, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import type { paymentRequestedOf } from '../events.ts'
import { started } from '../payment-events.ts'
import type { PayUrlOf } from '../payment-view.ts'
import type { Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { paymentOf } from '../store/payment-store.ts'
import { saveCharge } from '../store/save-charge.ts'
import type { PaymentRequestRow, PaymentRow, PaymentsTables } from '../store/table-types.ts'

/** The `payment-requested` event of any module. */
export type PaymentRequested = ReturnType<typeof paymentRequestedOf<string>>
type Requested = EventEnvelope<PayloadOf<PaymentRequested>>

export type PreparedPayment =
  | Readonly<{ kind: 'known' }>
  | Readonly<{ kind: 'cancelled' }>
  | Readonly<{ kind: 'started'; provider: string; charge: Charge }>

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock; returnUrlOf: PayUrlOf }>

/**
 * Starts the payment at the provider, before the transaction. The payment id is the event id: however often the event is
 * handled, the provider gets the same id, and the event in the log survives a crash between the provider and the database.
 */
export async function prepareStart(
  { db, providers, returnUrlOf }: Needs,
  { event_id, payload }: Requested,
): Promise<PreparedPayment> {
  const { subject_id, method, amount, currency, description } = payload
  const status = await requestStatusOf(db, subject_id)
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

const requestStatusOf = batched<string, PaymentRequestRow['status'] | undefined, Db>(async (db, subject_ids) => {
  const { rows } = await sql<Pick<PaymentRequestRow, 'subject_id' | 'status'>>`
    select subject_id, status from payments.payment_requests where subject_id = any(${subject_ids}::uuid[])
  `.execute(db)
  const bySubject = new Map(rows.map(({ subject_id, status }) => [subject_id, status]))
  return subject_ids.map((subject_id) => bySubject.get(subject_id))
})

type Prepared = Readonly<{ prepared: PreparedPayment; at: Date }>

/** Inserts the payment request and the payment, or completes the tombstone of a request that was cancelled before. */
export async function saveStart(
  tx: AnyTx,
  { event_id, payload }: Requested,
  { prepared, at }: Prepared,
): Promise<void> {
  if (prepared.kind === 'known') return
  if (prepared.kind === 'cancelled') return await completeTombstone(tx, payload, at)
  const { provider, charge } = prepared
  const { confirmation_url } = charge
  const payment = await insertPayment(tx, { ...payload, id: event_id, provider, confirmation_url, at })
  if (!payment)
    throw new Error(`${payload.subject_type} ${payload.subject_id} was requested by another event in the meantime`)
  const events = await saveCharge(tx, { request: { status: 'open' }, payment, charge, at })
  await publish(tx, [started(payment), ...events])
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

/** Returns undefined when the subject has a request already. The event is then handled again and finds it. */
const insertPayment = batched<NewPayment, Payment | undefined>(async (tx, payments) => {
  const { rows } = await sql<PaymentRow>`
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
  const byId = new Map(rows.map((row) => [row.id, paymentOf(row)]))
  return payments.map(({ id }) => byId.get(id))
})
