import { sql } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { started } from '../payment-events.ts'
import { isOpen, type Payment } from '../payment.ts'
import type { Charge } from '../provider.ts'
import type { PaymentMethod, SubjectType } from '../schema.ts'
import { settlementEvents, settleOrThrow } from '../settlement.ts'
import { findPaymentRequest, lockPaymentRequest } from './payment-requests.ts'
import { findPayment, lockPayment } from './payments.ts'
import { trySettlement } from './settlements.ts'

/** The first payment of a subject, under the id of the event that requested it. */
export type FirstPayment = Readonly<{
  id: string
  subject_type: SubjectType
  subject_id: string
  user_id: string
  amount: number
  currency: string
  revision: number
  description: string
  method: PaymentMethod
  provider: string
  at: Date
}>

/** `isNew`: this call inserted the payment, so the provider has never got its id. */
export type SavedPayment = Readonly<{ kind: 'saved'; payment: Payment; isNew: boolean }>

/** There is nothing to start. */
export type NotSaved = Readonly<{ kind: 'cancelled' }> | Readonly<{ kind: 'known' }>

/**
 * Saves the payment request with its first payment before the provider gets it, so that a cancellation finds the payment
 * whatever happens in between. Returns the payment that an earlier attempt saved, `cancelled` when the request was
 * cancelled before it arrived, `requested` when another event requested the subject, and `known` when that
 * event had a later revision.
 */
export async function saveFirstPayment(
  db: Db,
  first: FirstPayment,
): Promise<SavedPayment | NotSaved | Readonly<{ kind: 'requested' }>> {
  const inserted = await insertFirstPayment(db, first)
  if (inserted) return { kind: 'saved', payment: inserted, isNew: true }
  const payment = await findPayment(db, first.id)
  if (payment) return { kind: 'saved', payment, isNew: false }
  const request = await findPaymentRequest(db, first.subject_id)
  if (request?.status === 'cancelled') return { kind: 'cancelled' }
  return request && request.revision <= first.revision ? { kind: 'requested' } : { kind: 'known' }
}

/** Returns undefined when the subject has a request already. The order of the rows keeps two batches from a deadlock. */
const insertFirstPayment = batched<FirstPayment, Payment | undefined, Db>(async (db, payments) => {
  const { rows } = await sql<Payment>`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as new(
        id uuid, subject_type text, subject_id uuid, user_id uuid, amount bigint, currency text, revision int,
        description text, method text, provider text, at timestamptz)
    ), request as (
      insert into payments.payment_requests
        (subject_id, subject_type, user_id, amount, currency, revision, description, method, status, created_at, updated_at)
      select subject_id, subject_type, user_id, amount, currency, revision, description, method, 'open', at, at
      from new order by subject_id
      on conflict do nothing returning subject_id
    )
    insert into payments.payments
      (id, subject_type, subject_id, user_id, amount, currency, revision, method, provider, status, created_at, updated_at)
    select id, subject_type, subject_id, user_id, amount, currency, revision, method, provider, 'pending', at, at
    from new join request using (subject_id)
    returning *
  `.execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return payments.map(({ id }) => byId.get(id))
})

/**
 * Inserts the payment of a request that was revised. Undefined when the request has changed since, or a buyer has started the
 * payment already.
 */
export async function insertFollowingPayment(db: Db, payment: FirstPayment): Promise<Payment | undefined> {
  const { id, subject_type, subject_id, user_id, amount, currency, revision, method, provider, at } = payment
  const { rows } = await sql<Payment>`
    with request as (
      select subject_id from payments.payment_requests
      where subject_id = ${subject_id} and revision = ${revision} and status = 'open' for update
    )
    insert into payments.payments
      (id, subject_type, subject_id, user_id, amount, currency, revision, method, provider, status, created_at, updated_at)
    select ${id}, ${subject_type}, subject_id, ${user_id}, ${amount}, ${currency}, ${revision}::int, ${method}, ${provider}, 'pending', ${at}::timestamptz, ${at}::timestamptz
    from request
    on conflict do nothing returning *
  `.execute(db)
  return rows[0]
}

/** A charge as the provider reports it, and the time of the report. */
type Report = Readonly<{ charge: Charge; at: Date }>
/** `events` are to be published. */
type SavedCharge = Readonly<{ payment: Payment; events: readonly NewEvent[] }>

/**
 * Saves what the provider reports about a payment, and with the first report that the provider has it: a webhook may come
 * before the answer to the start. `payment` may have changed since it was read.
 */
export async function saveCharge(tx: AnyTx, payment: Payment, report: Report): Promise<SavedCharge> {
  await lockPaymentRequest(tx, payment.subject_id)
  const saved = await trySaveCharge(tx, payment, report)
  if (saved) return saved
  const current = await lockPayment(tx, payment)
  const changed = await trySaveCharge(tx, current.payment, report)
  if (!changed) throw new Error(`The payment ${payment.id} changed although it is locked`)
  return changed
}

/**
 * The same in one statement, for the open first payment of a subject. As long as it is open the subject has no other
 * payment, so the statement needs no lock before it.
 */
export const saveFirstCharge = async (tx: AnyTx, payment: Payment, report: Report): Promise<SavedCharge> =>
  (await trySaveCharge(tx, payment, report)) ?? (await saveCharge(tx, payment, report))

/** Returns undefined when the payment has another status than `payment` by now. */
async function trySaveCharge(tx: AnyTx, payment: Payment, { charge, at }: Report): Promise<SavedCharge | undefined> {
  const settlement = settleOrThrow(payment, charge)
  const settled = await trySettlement(tx, payment, { settlement, at, answer: charge })
  if (!settled) return undefined
  if (settled.is_outdated) return { payment: settled.payment, events: [] }
  const events = settlementEvents(settlement, settled.payment, { status: settled.request_status })
  const isStart = settled.is_first && isOpen(payment)
  return { payment: settled.payment, events: isStart ? [started(payment), ...events] : events }
}
