import { sql } from 'kysely'
import { afterCommit, type AnyTx, type Db } from '#platform/db'
import { publish, type EventEnvelope, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import type { paymentRequestedOf } from '../events.ts'
import type { PayUrlOf } from '../payment-view.ts'
import type { Payment } from '../payment.ts'
import type { Charge, Providers } from '../provider.ts'
import { startAtProvider } from '../start-at-provider.ts'
import type { AwaitedPayments } from '../store/awaited-payments.ts'
import { replacePayment } from './replace-payment.ts'
import { saveFirstCharge, saveFirstPayment } from '../store/started-payments.ts'

/** The `payment-requested` event of any module. */
export type PaymentRequested = ReturnType<typeof paymentRequestedOf<string>>
type Requested = EventEnvelope<PayloadOf<PaymentRequested>>

type PreparedPayment =
  /** There is nothing to save: the payment was started or ended before. */
  | Readonly<{ kind: 'known' }>
  | Readonly<{ kind: 'cancelled' }>
  | Readonly<{ kind: 'started'; payment: Payment; charge: Charge }>

type Needs = Readonly<{ db: Db; providers: Providers; now: Clock; returnUrlOf: PayUrlOf }>

export type PrepareStart = (requested: Requested) => Promise<PreparedPayment>

/**
 * Saves the payment and commits, then gives it to the provider, before the transaction of the handler. The id of the
 * payment is the id of the event: however often the event is handled, the provider gets the same id. A request with a new sum
 * replaces the payment of the old one.
 */
export const prepareStart =
  (needs: Needs): PrepareStart =>
  async ({ event_id, payload }) => {
    const { db, providers, now } = needs
    const provider = providers.serving(payload).code
    const first = { ...payload, id: event_id, revision: payload.revision ?? 1, provider, at: now() }
    const found = await saveFirstPayment(db, first)
    const saved = found.kind === 'requested' ? await replacePayment(needs, first) : found
    if (saved.kind !== 'saved') return saved
    const charge = await startAtProvider(needs, { ...saved, description: payload.description })
    return charge ? { kind: 'started', payment: saved.payment, charge } : { kind: 'known' }
  }

type SaveNeeds = Readonly<{ now: Clock; awaitedPayments: Pick<AwaitedPayments, 'wake'> }>

export type SaveStartedPayment = (tx: AnyTx, requested: Requested, prepared: PreparedPayment) => Promise<void>

/** Saves and publishes what the provider reports, or completes the tombstone of a request that was cancelled before. */
export const saveStartedPayment =
  ({ now, awaitedPayments }: SaveNeeds): SaveStartedPayment =>
  async (tx, { payload }, prepared) => {
    const at = now()
    afterCommit(tx, () => awaitedPayments.wake(payload.subject_id))
    if (prepared.kind === 'cancelled') await completeTombstone(tx, payload, at)
    if (prepared.kind !== 'started') return
    const { events } = await saveFirstCharge(tx, prepared.payment, { charge: prepared.charge, at })
    await publish(tx, events)
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
