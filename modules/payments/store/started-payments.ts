import { sql } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { started } from '../payment-events.ts'
import { isOpen, type Payment } from '../payment.ts'
import type { Charge } from '../provider.ts'
import type { PaymentMethod, RequestStatus, SubjectType } from '../schema.ts'
import { settlementEvents, settleOrThrow } from '../settlement.ts'
import { findPaymentRequest } from './payment-requests.ts'
import { findPayment } from './payments.ts'
import { saveSettlement } from './settlements.ts'

/** The first payment of a subject, under the id of the event that requested it. */
type FirstPayment = Readonly<{
  id: string
  subject_type: SubjectType
  subject_id: string
  user_id: string
  amount: number
  currency: string
  description: string
  method: PaymentMethod
  provider: string
  at: Date
}>

/** `isNew`: this call inserted the payment, so the provider has never got its id. */
type SavedPayment = Readonly<{ kind: 'saved'; payment: Payment; isNew: boolean }>

/**
 * Saves the payment request with its first payment before the provider gets it, so that a cancellation finds the payment
 * whatever happens in between. Returns the payment that an earlier attempt saved, `cancelled` when the request was
 * cancelled before it arrived, and `known` when another event requested the subject.
 */
export async function saveFirstPayment(
  db: Db,
  first: FirstPayment,
): Promise<SavedPayment | Readonly<{ kind: 'cancelled' | 'known' }>> {
  const inserted = await insertFirstPayment(db, first)
  if (inserted) return { kind: 'saved', payment: inserted, isNew: true }
  const payment = await findPayment(db, first.id)
  if (payment) return { kind: 'saved', payment, isNew: false }
  const request = await findPaymentRequest(db, first.subject_id)
  return { kind: request?.status === 'cancelled' ? 'cancelled' : 'known' }
}

/** Returns undefined when the subject has a request already. The order of the rows keeps two batches from a deadlock. */
const insertFirstPayment = batched<FirstPayment, Payment | undefined, Db>(async (db, payments) => {
  const { rows } = await sql<Payment>`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as new(
        id uuid, subject_type text, subject_id uuid, user_id uuid, amount bigint, currency text, description text,
        method text, provider text, at timestamptz)
    ), request as (
      insert into payments.payment_requests
        (subject_id, subject_type, user_id, amount, currency, description, method, status, created_at, updated_at)
      select subject_id, subject_type, user_id, amount, currency, description, method, 'open', at, at
      from new order by subject_id
      on conflict do nothing returning subject_id
    )
    insert into payments.payments
      (id, subject_type, subject_id, user_id, amount, currency, method, provider, status, created_at, updated_at)
    select id, subject_type, subject_id, user_id, amount, currency, method, provider, 'pending', at, at
    from new join request using (subject_id)
    returning *
  `.execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return payments.map(({ id }) => byId.get(id))
})

/**
 * Saves what the provider reports about a payment, and with the first report that the provider has it: a webhook may come
 * before the answer to the start. Returns the events to publish.
 */
export async function saveCharge(
  tx: AnyTx,
  { id, subject_id }: Pick<Payment, 'id' | 'subject_id'>,
  { charge, at }: Readonly<{ charge: Charge; at: Date }>,
): Promise<NewEvent[]> {
  const { confirmation_url } = charge
  const { is_first, request_status, ...payment } = await updateToStarted(tx, { id, subject_id, confirmation_url, at })
  const settlement = settleOrThrow(payment, charge)
  const saved = await saveSettlement(tx, payment, { settlement, at })
  const events = settlementEvents(settlement, saved, { status: request_status })
  return is_first && isOpen(payment) ? [started(payment), ...events] : events
}

type Start = Readonly<{ id: string; subject_id: string; confirmation_url: string | null; at: Date }>
/** `is_first`: no earlier answer of the provider was saved. */
type StartedPayment = Payment & Readonly<{ is_first: boolean; request_status: RequestStatus }>

/** Locks the payment requests before the payments, as every write about a subject does. */
const updateToStarted = batched<Start, StartedPayment>(async (tx, starts) => {
  const { rows } = await sql<StartedPayment>`
    with start as (
      select * from jsonb_to_recordset(${JSON.stringify(starts)}::jsonb) as start(
        id uuid, subject_id uuid, confirmation_url text, at timestamptz)
    ), request as materialized (
      select subject_id, status from payments.payment_requests
      where subject_id = any(${starts.map(({ subject_id }) => subject_id)}::uuid[]) order by subject_id for update
    )
    update payments.payments as payment
    set started_at = coalesce(payment.started_at, start.at), updated_at = start.at,
        confirmation_url = coalesce(payment.confirmation_url, start.confirmation_url)
    from start join request using (subject_id)
    where payment.id = start.id and payment.id = any(${starts.map(({ id }) => id)}::uuid[])
    returning payment.*, old.started_at is null as is_first, request.status as request_status
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return starts.map(({ id }) => {
    const payment = byId.get(id)
    if (!payment) throw new Error(`The payment ${id} does not exist`)
    return payment
  })
})
