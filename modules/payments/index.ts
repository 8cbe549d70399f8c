import type { Kysely } from 'kysely'
import { keyLocal } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { answerSandbox } from './answer-sandbox/answer-sandbox.ts'
import { answerSandboxRoute } from './answer-sandbox/route.ts'
import { cancelPayment } from './cancel-payment/cancel-payment.ts'
import { cancelRequestedPayment, type PaymentCancellationRequested } from './cancel-payment/subscriber.ts'
import { checksOf } from './checks.ts'
import { collectCash } from './collect-cash/subscriber.ts'
import { deleteOldWebhooks } from './delete-old-webhooks/job.ts'
import { paymentsEvents } from './events.ts'
import { finishRefund } from './finish-refund/finish-refund.ts'
import { finishRefunds } from './finish-refund/job.ts'
import { paymentsMetric } from './metrics.ts'
import { paymentViewsWith, payUrlsAt, type PayUrlOf } from './payment-view.ts'
import { processPayment } from './process-payment/process-payment.ts'
import { processPaymentRoute } from './process-payment/route.ts'
import { providersOf, type Provider } from './provider.ts'
import { cash } from './providers/cash.ts'
import { sandbox, type SandboxMode } from './providers/sandbox.ts'
import { receiveWebhook } from './receive-webhook/receive-webhook.ts'
import { receiveWebhookRoute } from './receive-webhook/route.ts'
import { refreshOpenPayments } from './refresh-open-payments/job.ts'
import { refundPayment } from './refund-payment/refund-payment.ts'
import { refundPaymentRoute } from './refund-payment/route.ts'
import { settlePayment } from './settle-payment/settle-payment.ts'
import { readPayPage } from './show-pay-page/query.ts'
import { showPayPageRoute } from './show-pay-page/route.ts'
import { listPayments, showPayment } from './show-payment/query.ts'
import { showPaymentRoutes } from './show-payment/route.ts'
import type { PaymentRequested } from './start-payment/start-payment.ts'
import { startPayment } from './start-payment/subscriber.ts'
import type { PaymentsTables } from './store/table-types.ts'

export type { PaymentCancellationRequested, PaymentRequested, SandboxMode }
export { ProviderUnavailable, type Charge, type Provider } from './provider.ts'

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  now: Clock
  sandboxMode: SandboxMode
  /** Signs the webhooks of the sandbox bank; without it the bank has no webhook. */
  sandboxWebhookSecret?: string | undefined
  /** Further providers, before the sandbox and cash: the first that serves a method takes its new payments. */
  providers?: readonly Provider[]
  /** The address of the shop, without a slash at the end. Without it the URLs in responses are paths. */
  publicUrl?: string | undefined
  /** The address to which providers send buyers back; it must be absolute. `publicUrl` when absent. */
  returnOrigin?: () => string
  /** The `payment-requested` events of the modules that need payments. */
  paymentRequests: readonly PaymentRequested[]
  paymentCancellations: readonly PaymentCancellationRequested[]
}>

const description = 'Payments and refunds through providers, each booked in a double-entry ledger.'

/** Starts, completes, cancels and refunds payments, and books each of them once. */
export function payments(needs: Needs): Module<undefined> {
  const { db, now, publicUrl = '', returnOrigin = () => publicUrl } = needs
  const bank = sandbox({ db, mode: needs.sandboxMode, webhookSecret: needs.sandboxWebhookSecret })
  const providers = providersOf([...(needs.providers ?? []), bank, cash])
  const returnUrlOf: PayUrlOf = (subject_id) => payUrlsAt(returnOrigin())(subject_id)
  const shared = { db, now, providers, returnUrlOf, viewOf: paymentViewsWith(payUrlsAt(publicUrl)) }
  const slices = {
    ...shared,
    finishRefund: finishRefund(shared),
    settlePayment: settlePayment(shared),
    processPayment: processPayment(shared),
    showPayment: showPayment(shared),
    listPayments: listPayments(shared),
    readPayPage: readPayPage(shared),
  }
  const cancel = { now, cancelPayment: cancelPayment(slices) }
  return {
    name: 'payments',
    description,
    api: undefined,
    unversionedPaths: ['/payments'],
    routes: [
      processPaymentRoute(slices),
      showPaymentRoutes(slices),
      refundPaymentRoute(refundPayment(slices)),
      receiveWebhookRoute(receiveWebhook(slices)),
    ],
    pages: [
      showPayPageRoute({ ...slices, shopUrl: `${publicUrl}/` }),
      answerSandboxRoute(answerSandbox({ ...slices, decide: bank.decide })),
    ],
    publishes: paymentsEvents,
    subscriptions: [
      ...needs.paymentRequests.map((requested) => startPayment(slices, requested)),
      ...needs.paymentCancellations.map((requested) => cancelRequestedPayment(cancel, requested)),
      collectCash(slices),
    ].map(keyLocal),
    jobs: [finishRefunds(slices), refreshOpenPayments(slices), deleteOldWebhooks(db, now)],
    checks: checksOf(db),
    metrics: [paymentsMetric(db)],
  }
}
