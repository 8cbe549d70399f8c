import { sql, type Kysely, type Transaction } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { crashPoint } from '../crash-points.ts'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { awaitDue } from '../await-due.ts'
import { keepCharge } from '../keep-charge.ts'
import { started } from '../news.ts'
import { isOpen, standingOf, type Method, type Payment } from '../payment.ts'
import { ProviderUnavailable, type Charge, type Providers } from '../provider.ts'
import { attemptsOf, lockDue, lockPayment, paymentById, paymentOf } from '../subject.ts'
import type { Owed, PaymentsTables } from '../tables.ts'

type ProcessInput = Readonly<{ subject_id: string; user_id: string; method?: Method | undefined }>
export type InProcess = Readonly<{ kind: 'processed'; payment: Payment }>
export type Processed =
  | InProcess
  | Readonly<{ kind: 'refused'; reason: 'not-found' | 'not-due' | 'other-method' | 'provider-unavailable' }>
export type ProcessPayment = (input: ProcessInput, storeResponse: StoreResponse<InProcess>) => Promise<Processed>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  providers: Providers
  now: Clock
  returnUrlOf: (subject_id: string) => string
}>

/**
 * Starts or repeats payment of what is due. A new attempt is in our books before the provider hears of it, so that
 * cancelling finds it whatever happens in between; a repeat goes on with the open one.
 */
export const processPayment =
  (needs: Needs): ProcessPayment =>
  async (input, storeResponse) => {
    const { db, now } = needs
    await awaitDue(needs, input.subject_id)
    const opened = await transaction(db, (tx) => open(tx, input, needs))
    if (opened.kind === 'refused') return opened
    const charge = await start(needs, opened)
    if (charge === 'unavailable') return { kind: 'refused', reason: 'provider-unavailable' }

    return await transaction(db, async (tx) => {
      const events = charge ? await keepStart(tx, opened.payment, { charge, at: now() }) : []
      const payment = (await paymentById(tx, opened.payment.id)) ?? opened.payment
      const processed = { kind: 'processed', payment } as const
      await publish(tx, events)
      await storeResponse(tx, processed)
      return processed
    })
  }

type Opened = Readonly<{ kind: 'opened'; payment: Payment; description: string }>
type Refused = Extract<Processed, { kind: 'refused' }>

async function open(tx: Transaction<PaymentsTables>, input: ProcessInput, needs: Needs): Promise<Opened | Refused> {
  const due = await lockDue(tx, input.subject_id)
  if (!due || due.user_id !== input.user_id) return { kind: 'refused', reason: 'not-found' }
  if (input.method && input.method !== due.method) return { kind: 'refused', reason: 'other-method' }
  const attempts = await attemptsOf(tx, input.subject_id)
  const standing = standingOf(attempts)
  const current = standing.kind === 'unpaid' ? attempts.find(isOpen) : standing.payment
  if (!current && due.status !== 'due') return { kind: 'refused', reason: 'not-due' }
  const owed = due as Owed
  return { kind: 'opened', payment: current ?? (await openAttempt(tx, owed, needs)), description: owed.description }
}

async function openAttempt(tx: Transaction<PaymentsTables>, due: Owed, { providers, now }: Needs): Promise<Payment> {
  const { subject_type, subject_id, user_id, amount, currency, method } = due
  const provider = providers.by(method).name
  const asked = { subject_type, subject_id, user_id, amount, currency, method, provider }
  const at = now()
  const row = await tx
    .insertInto('payments.payments')
    .values({ ...asked, id: newId(), status: 'pending', created_at: at, updated_at: at })
    .returningAll()
    .executeTakeFirstOrThrow()
  return paymentOf(row)
}

/** Undefined: the provider knows of it already, or it is over. */
async function start(
  { providers, returnUrlOf }: Needs,
  { payment, description }: Opened,
): Promise<Charge | undefined | 'unavailable'> {
  const { id: payment_id, amount, currency, subject_id } = payment
  if (!isOpen(payment) || payment.started_at) return undefined
  crashPoint('after-intent.before-provider')
  try {
    const input = { payment_id, amount, currency, description, return_url: returnUrlOf(subject_id) }
    return await providers.named(payment.provider).start(input)
  } catch (error) {
    if (error instanceof ProviderUnavailable) return 'unavailable'
    throw error
  }
}

async function keepStart(
  tx: AnyTx,
  opened: Payment,
  { charge, at }: { charge: Charge; at: Date },
): Promise<NewEvent[]> {
  const { due, payment } = await lockPayment(tx, opened)
  if (!isOpen(payment)) return await keepCharge(tx, { due, payment, charge, at })
  const { rows } = await sql`
    update payments.payments set started_at = ${at}, confirmation_url = ${charge.confirmation_url}, updated_at = ${at}
    where id = ${payment.id} and started_at is null returning id
  `.execute(tx)
  const events = rows[0] ? [started(payment)] : []
  return [...events, ...(await keepCharge(tx, { due, payment, charge, at }))]
}
