import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { PayUrlOf } from '../payment-view.ts'
import { isTombstone, type PaymentRequest } from '../payment-request.ts'
import { isOpen, stateOf, type Payment } from '../payment.ts'
import { refuseWhenSilent, type Providers, type ProviderSilent } from '../provider.ts'
import type { PaymentMethod } from '../schema.ts'
import { startAtProvider } from '../start-at-provider.ts'
import type { AwaitPaymentRequest } from '../store/awaited-requests.ts'
import { lockPaymentRequest } from '../store/payment-requests.ts'
import { findPayment, listPaymentsOf } from '../store/payments.ts'
import { saveCharge } from '../store/started-payments.ts'
import type { PaymentsTables } from '../store/tables.ts'

type ProcessPaymentInput = Readonly<{
  subject_id: string
  /** The signed-in buyer. Absent on the payment page: its token allows every holder of the link to pay. */
  user_id?: string
  method?: PaymentMethod | undefined
}>
export type ProcessedPayment = Readonly<{ kind: 'processed'; payment: Payment }>
export type ProcessPaymentOutcome =
  | ProcessedPayment
  | Refused<'not-payable' | 'other-method'>
  | ProviderSilent
  | NotFound
export type ProcessPayment = (
  input: ProcessPaymentInput,
  storeResponse: StoreResponse<ProcessedPayment>,
) => Promise<ProcessPaymentOutcome>

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  providers: Providers
  now: Clock
  returnUrlOf: PayUrlOf
  awaitPaymentRequest: AwaitPaymentRequest
}>

/**
 * Starts a payment of a requested subject, or continues the open one. The payment is saved before the provider gets it,
 * so that a cancellation finds it whatever happens in between.
 */
export const processPayment =
  (needs: Needs): ProcessPayment =>
  async (input, storeResponse) => {
    const { db, now, awaitPaymentRequest } = needs
    const { subject_id, user_id = subject_id } = input
    await awaitPaymentRequest(subject_id, user_id)
    const opened = await transaction(db, (tx) => openPayment(tx, input, needs))
    if (isRefusal(opened)) return opened
    const charge = await startAtProvider(needs, opened).catch(refuseWhenSilent)
    if (isRefusal(charge)) return charge

    return await transaction(db, async (tx) => {
      const events = charge ? await saveCharge(tx, opened.payment, { charge, at: now() }) : []
      const payment = (await findPayment(tx, opened.payment.id)) ?? opened.payment
      const processed = { kind: 'processed', payment } as const
      await publish(tx, events)
      await storeResponse(tx, processed)
      return processed
    })
  }

/** `isNew`: this request inserted the payment. */
type Opened = Readonly<{ kind: 'opened'; payment: Payment; description: string; isNew: boolean }>

async function openPayment(
  tx: Transaction<PaymentsTables>,
  input: ProcessPaymentInput,
  needs: Needs,
): Promise<Opened | Refused<'not-payable' | 'other-method'> | NotFound> {
  const request = await lockPaymentRequest(tx, input.subject_id)
  const { user_id = request?.user_id } = input
  if (!request || isTombstone(request) || request.user_id !== user_id) return notFound('order')
  if (input.method && input.method !== request.method) return { kind: 'refused', reason: 'other-method' }
  const payments = await listPaymentsOf(tx, input.subject_id)
  const state = stateOf(payments)
  const current = state.kind === 'unpaid' ? payments.find(isOpen) : state.payment
  if (!current && request.status !== 'open') return { kind: 'refused', reason: 'not-payable' }
  const payment = current ?? (await insertPayment(tx, request, needs))
  return { kind: 'opened', payment, description: request.description, isNew: !current }
}

async function insertPayment(
  tx: Transaction<PaymentsTables>,
  request: PaymentRequest,
  { providers, now }: Needs,
): Promise<Payment> {
  const { subject_type, subject_id, user_id, amount, currency, method } = request
  const provider = providers.serving(method).code
  const facts = { subject_type, subject_id, user_id, amount, currency, method, provider }
  const at = now()
  return await tx
    .insertInto('payments.payments')
    .values({ ...facts, id: newId(), status: 'pending', created_at: at, updated_at: at })
    .returningAll()
    .$castTo<Payment>()
    .executeTakeFirstOrThrow()
}
