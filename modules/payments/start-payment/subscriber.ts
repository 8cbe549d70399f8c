import { sql, type Kysely } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import { subscribe, publish, type Subscription, type EventEnvelope, type PayloadOf } from '#platform/events'
import { crashPoint } from '../crash-points.ts'
import type { Clock } from '#platform/values'
import type { paymentRequestedOf } from '../events.ts'
import { keepCharge } from '../keep-charge.ts'
import { started } from '../news.ts'
import type { Payment } from '../payment.ts'
import { paymentOf } from '../subject.ts'
import type { Charge, Providers } from '../provider.ts'
import type { DueRow, PaymentRow, PaymentsTables } from '../tables.ts'

/** The `payment-due` of any module. */
export type PaymentRequested = ReturnType<typeof paymentRequestedOf<string>>
type Due = EventEnvelope<PayloadOf<PaymentRequested>>

type Facts =
  | Readonly<{ kind: 'known' }>
  | Readonly<{ kind: 'called-off' }>
  | Readonly<{ kind: 'started'; provider: string; charge: Charge }>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  providers: Providers
  now: Clock
  returnUrlOf: (subject_id: string) => string
}>

/**
 * Money is due: a payment is started. It bears the event's id, so that however often the event comes the provider is
 * asked for one and the same; the event in the log is what survives a crash between the provider and our books.
 */
export const startPayment = (needs: Needs, due: PaymentRequested): Subscription =>
  subscribe(
    due,
    (event) => askProvider(needs, event),
    (tx, event, facts) => keep(tx, event, { facts, at: needs.now() }),
  )

async function askProvider({ db, providers, returnUrlOf }: Needs, { event_id, payload }: Due): Promise<Facts> {
  const { subject_id, method, amount, currency, description } = payload
  const due = await dueOf(db, subject_id)
  const provider = providers.by(method)
  const key = { payment_id: event_id, amount, currency }
  if (due === 'cancelled') {
    // Called off before: the provider refuses this id for ever, should an earlier start of ours still be on its way.
    await provider.cancel(key)
    return { kind: 'called-off' }
  }
  if (due) return { kind: 'known' }
  const charge = await provider.start({ ...key, description, return_url: returnUrlOf(subject_id) })
  crashPoint('after-provider.before-save')
  return { kind: 'started', provider: provider.name, charge }
}

/** How it stands with what is due for a subject; undefined when nothing is known of it. */
const dueOf = batched<string, DueRow['status'] | undefined, Db>(async (db, subject_ids) => {
  const { rows } = await sql<Pick<DueRow, 'subject_id' | 'status'>>`
    select subject_id, status from payments.dues where subject_id = any(${subject_ids}::uuid[])
  `.execute(db)
  const bySubject = new Map(rows.map(({ subject_id, status }) => [subject_id, status]))
  return subject_ids.map((subject_id) => bySubject.get(subject_id))
})

async function keep(tx: AnyTx, { event_id, payload }: Due, { facts, at }: { facts: Facts; at: Date }): Promise<void> {
  if (facts.kind === 'known') return
  if (facts.kind === 'called-off') {
    const { user_id, amount, currency, description, method } = payload
    await sql`
      update payments.dues
      set user_id = ${user_id}, amount = ${amount}, currency = ${currency}, description = ${description}, method = ${method},
          updated_at = ${at}
      where subject_id = ${payload.subject_id} and user_id is null
    `.execute(tx)
    return
  }
  const { provider, charge } = facts
  const payment = await keepNew(tx, {
    ...payload,
    id: event_id,
    provider,
    confirmation_url: charge.confirmation_url,
    at,
  })
  if (!payment)
    throw new Error(`${payload.subject_type} ${payload.subject_id} became known while the provider was asked`)
  const events = await keepCharge(tx, { due: { status: 'due' }, payment, charge, at })
  await publish(tx, [started(payment), ...events])
}

type NewPayment = Due['payload'] & Readonly<{ id: string; provider: string; confirmation_url: string | null; at: Date }>

/** Undefined for a subject that became known since we asked: its event is heard again and finds it so. */
const keepNew = batched<NewPayment, Payment | undefined>(async (tx, payments) => {
  const { rows } = await sql<PaymentRow>`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(payments)}::jsonb) as wanted(
        id uuid, subject_type text, subject_id uuid, user_id uuid, amount bigint, currency text, description text,
        method text, provider text, confirmation_url text, at timestamptz)
    ), due as (
      insert into payments.dues
        (subject_id, subject_type, user_id, amount, currency, description, method, status, created_at, updated_at)
      select subject_id, subject_type, user_id, amount, currency, description, method, 'due', at, at from wanted
      on conflict do nothing returning subject_id
    )
    insert into payments.payments
      (id, subject_type, subject_id, user_id, amount, currency, method, provider, status, confirmation_url, started_at, created_at, updated_at)
    select id, subject_type, subject_id, user_id, amount, currency, method, provider, 'pending', confirmation_url, at, at, at
    from wanted join due using (subject_id)
    returning *
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, paymentOf(row)]))
  return payments.map(({ id }) => byId.get(id))
})
