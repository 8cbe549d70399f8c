import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import type { PayUrlOf } from '../payment-view.ts'
import { isTombstone, type PaymentRequest } from '../payment-request.ts'
import { isOpen, stateOf, type Payment } from '../payment.ts'
import { refuseWhenSilent, type Providers, type ProviderSilent } from '../provider.ts'
import type { PaymentMethod } from '../schema.ts'
import { startAtProvider } from '../start-at-provider.ts'
import { notReady, type AwaitedPayments, type PaymentNotReady } from '../store/awaited-payments.ts'
import { insertPayment } from '../store/payments.ts'
import { lockSubject, type RequestedSubject } from '../store/requested-subjects.ts'
import { saveCharge } from '../store/started-payments.ts'
import type { PaymentsDb } from '../store/tables.ts'

type ProcessPaymentInput = Readonly<{
  subject_id: string
  /** The signed-in buyer. Absent on the payment page: its token allows every holder of the link to pay. */
  user_id?: string
  client_address: string
  method?: PaymentMethod | undefined
}>
export type ProcessedPayment = Readonly<{ kind: 'processed'; payment: Payment }>
export type ProcessPaymentOutcome =
  | ProcessedPayment
  | Refused<'not-payable' | 'other-method'>
  | ProviderSilent
  | PaymentNotReady
  | NotFound
export type ProcessPayment = (
  input: ProcessPaymentInput,
  storeResponse: StoreResponse<ProcessedPayment>,
) => Promise<ProcessPaymentOutcome>

type Needs = Readonly<{
  db: PaymentsDb
  providers: Providers
  now: Clock
  returnUrlOf: PayUrlOf
  awaitedPayments: AwaitedPayments
}>

/**
 * Starts a payment of a requested subject, or continues the open one. A payment that its provider has answered for is
 * returned without a transaction. A new payment is saved before the provider gets it, so that a cancellation finds it
 * whatever happens in between.
 */
export const processPayment =
  (needs: Needs): ProcessPayment =>
  async (input, storeResponse) => {
    const { db, now, awaitedPayments } = needs
    const { subject_id, user_id = subject_id, client_address } = input
    const subject = await awaitedPayments.find(subject_id, { key: user_id, client_address })
    if (subject && isRefusal(subject)) return subject
    const found = choosePayment(subject, input)
    const opened =
      found.kind !== 'none'
        ? found
        : await transaction(db, async (tx): Promise<Opened | NotOpened | PaymentNotReady> => {
            // Another click may have opened a payment in the meantime.
            const locked = await lockSubject(tx, subject_id)
            const chosen = choosePayment(locked, input)
            if (chosen.kind !== 'none') return chosen
            if (locked?.isReplacing) return notReady
            const payment = await insertPayment(tx, newPaymentOf(chosen.request, needs))
            return { kind: 'opened', payment, description: chosen.request.description, isNew: true }
          })
    if (isRefusal(opened)) return opened
    const charge = await startAtProvider(needs, opened).catch(refuseWhenSilent)
    if (isRefusal(charge)) return charge
    if (!charge) return { kind: 'processed', payment: opened.payment }

    return await transaction(db, async (tx) => {
      const { payment, events } = await saveCharge(tx, opened.payment, { charge, at: now() })
      const processed = { kind: 'processed', payment } as const
      await publish(tx, events)
      await storeResponse(tx, processed)
      afterCommit(tx, () => awaitedPayments.wake(subject_id))
      return processed
    })
  }

/** `isNew`: this request inserted the payment. */
type Opened = Readonly<{ kind: 'opened'; payment: Payment; description: string; isNew: boolean }>
type NotOpened = Refused<'not-payable' | 'other-method'> | NotFound

/** Finds the payment that the buyer continues. `none`: the request is open and needs a new payment. */
function choosePayment(
  subject: RequestedSubject | undefined,
  input: ProcessPaymentInput,
): Opened | Readonly<{ kind: 'none'; request: PaymentRequest }> | NotOpened {
  const { request, payments = [] } = subject ?? {}
  const { user_id = request?.user_id } = input
  if (!request || isTombstone(request) || request.user_id !== user_id) return notFound('order')
  if (input.method && input.method !== request.method) return { kind: 'refused', reason: 'other-method' }
  const state = stateOf(payments)
  const current = state.kind === 'unpaid' ? payments.find(isOpen) : state.payment
  if (current) return { kind: 'opened', payment: current, description: request.description, isNew: false }
  return request.status === 'open' ? { kind: 'none', request } : { kind: 'refused', reason: 'not-payable' }
}

function newPaymentOf(request: PaymentRequest, { providers, now }: Pick<Needs, 'providers' | 'now'>) {
  const { subject_type, subject_id, user_id, amount, currency, revision, method } = request
  const provider = providers.serving(request).code
  const at = now()
  const facts = { subject_type, subject_id, user_id, amount, currency, revision, method, provider }
  return { ...facts, id: newId(), status: 'pending', created_at: at, updated_at: at } as const
}
