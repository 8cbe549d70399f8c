import type { Db } from '#platform/db'
import { keyLocal } from '#platform/events'
import type { Module } from '#platform/module'
import { storeNothing } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { answerSandbox } from './answer-sandbox/answer-sandbox.ts'
import { answerSandboxRoute } from './answer-sandbox/route.ts'
import { answerCancellation } from './cancel-payment/answer-cancellation.ts'
import { cancelPayment } from './cancel-payment/cancel-payment.ts'
import { cancelPaymentSubscription, type PaymentCancellationRequested } from './cancel-payment/subscriber.ts'
import { changePayer } from './change-payer/change-payer.ts'
import { changePayerSubscription } from './change-payer/subscriber.ts'
import { paymentsChecks } from './checks.ts'
import { captureCash, collectCash } from './collect-cash/collect-cash.ts'
import { collectCashSubscription } from './collect-cash/subscriber.ts'
import { deleteOldWebhooks } from './delete-old-webhooks/delete-old-webhooks.ts'
import { deleteOldWebhooksJob } from './delete-old-webhooks/job.ts'
import { paymentsEvents } from './events.ts'
import { finishRefund, type FinishRefund } from './finish-refund/finish-refund.ts'
import { finishRefunds } from './finish-refund/finish-refunds.ts'
import { finishRefundJob } from './finish-refund/job.ts'
import { followReturn } from './follow-return/follow-return.ts'
import { followReturnSubscriptions } from './follow-return/subscriber.ts'
import { listAllPayments, showAnyPayment } from './list-payments/query.ts'
import { listPaymentsRoutes } from './list-payments/route.ts'
import { paymentsMetric, refundsMetric } from './metrics.ts'
import type { PayLinks } from './pay-links.ts'
import { payAgainRoute } from './pay-again/route.ts'
import { paymentViewOf, type PaymentViewOf } from './payment-view.ts'
import { processPayment } from './process-payment/process-payment.ts'
import { processPaymentRoute } from './process-payment/route.ts'
import { providersOf, type Provider } from './provider.ts'
import { cash } from './providers/cash.ts'
import { free } from './providers/free.ts'
import { sandbox } from './providers/sandbox.ts'
import { receiveWebhook } from './receive-webhook/receive-webhook.ts'
import { receiveWebhookRoute } from './receive-webhook/route.ts'
import { refreshOpenPaymentsJob } from './refresh-open-payments/job.ts'
import { refreshOpenPayments } from './refresh-open-payments/refresh-open-payments.ts'
import { refundOnRequest } from './refund-on-request/refund-on-request.ts'
import { refundOnRequestSubscription, type RefundRequested } from './refund-on-request/subscriber.ts'
import { refundPayment } from './refund-payment/refund-payment.ts'
import { refundPaymentRoute } from './refund-payment/route.ts'
import { resolveContradiction } from './resolve-contradiction/resolve-contradiction.ts'
import { resolveContradictionRoute } from './resolve-contradiction/route.ts'
import type { SandboxMode } from './schema.ts'
import { settlePayment } from './settle-payment/settle-payment.ts'
import { showPayPage } from './show-pay-page/query.ts'
import { showPayPageRoute } from './show-pay-page/route.ts'
import { listPayments, showPayment } from './show-payment/query.ts'
import { showPaymentRoutes } from './show-payment/route.ts'
import { prepareStart, saveStartedPayment, type PaymentRequested } from './start-payment/start-payment.ts'
import { startPaymentSubscription } from './start-payment/subscriber.ts'
import { awaitedPayments } from './store/awaited-payments.ts'

export type { SandboxMode }
export type { PayLinks } from './pay-links.ts'
export { payLinksOf } from './sign-pay-links/sign-pay-links.ts'
export { ProviderUnavailable, type Charge, type Provider } from './provider.ts'

type Needs = Readonly<{
  db: Db
  now: Clock
  /** Makes and checks the links to payment pages; orders show the same links. */
  payLinks: PayLinks
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
  refundRequests: readonly RefundRequested[]
}>

const description = 'Payments and refunds through providers, each booked in a double-entry ledger.'

/** Starts, completes, cancels and refunds payments, and books each of them once. */
export function payments(needs: Needs): Module<undefined> {
  const { db, now, payLinks, publicUrl = '', returnOrigin = () => publicUrl } = needs
  const bank = sandbox({ db, mode: needs.sandboxMode, webhookSecret: needs.sandboxWebhookSecret })
  const providers = providersOf([...(needs.providers ?? []), bank, cash], free)
  const parts = {
    db,
    now,
    providers,
    payLinks,
    returnUrlOf: (subject_id: string) => `${returnOrigin()}${payLinks.pathOf(subject_id)}`,
    paymentViewOf: paymentViewOf((subject_id) => `${publicUrl}${payLinks.pathOf(subject_id)}`),
    decide: bank.decide,
    awaitedPayments: awaitedPayments({ db, now }),
  }
  const slices = slicesOf({ ...parts, finishRefund: finishRefund(parts), settlePayment: settlePayment(parts) })
  return {
    name: 'payments',
    description,
    api: undefined,
    unversionedPaths: ['/payments'],
    routes: [
      processPaymentRoute(slices),
      showPaymentRoutes(slices),
      listPaymentsRoutes(slices),
      refundPaymentRoute(slices),
      resolveContradictionRoute(slices),
      receiveWebhookRoute(slices),
    ],
    pages: [
      showPayPageRoute({ ...slices, shopUrl: `${publicUrl}/`, orderUrlOf: (id) => `${publicUrl}/orders/${id}` }),
      answerSandboxRoute(slices),
      payAgainRoute({ payLinks, payAgain: (input) => slices.processPayment(input, storeNothing) }),
    ],
    publishes: paymentsEvents,
    subscriptions: [
      ...needs.paymentRequests.map((requested) => startPaymentSubscription(slices, requested)),
      ...needs.paymentCancellations.map((requested) => cancelPaymentSubscription(slices, requested)),
      ...needs.refundRequests.map((requested) => refundOnRequestSubscription(slices, requested)),
      collectCashSubscription(slices),
      changePayerSubscription({ changePayer }),
      ...followReturnSubscriptions(slices),
    ].map(keyLocal),
    jobs: [finishRefundJob(slices), refreshOpenPaymentsJob(slices), deleteOldWebhooksJob(slices)],
    checks: paymentsChecks(db),
    metrics: [paymentsMetric(db), refundsMetric(db)],
  }
}

type Parts = Parameters<typeof cancelPayment>[0] &
  Parameters<typeof answerSandbox>[0] &
  Parameters<typeof processPayment>[0] &
  Readonly<{ finishRefund: FinishRefund; paymentViewOf: PaymentViewOf; payLinks: PayLinks }>

/** Gives each slice its needs. */
const slicesOf = (parts: Parts) => ({
  ...parts,
  prepareStart: prepareStart(parts),
  saveStartedPayment: saveStartedPayment(parts),
  processPayment: processPayment(parts),
  showPayment: showPayment(parts),
  listPayments: listPayments(parts),
  listAllPayments: listAllPayments(parts),
  showAnyPayment: showAnyPayment(parts),
  refundPayment: refundPayment(parts),
  refundOnRequest: refundOnRequest(parts),
  followReturn: followReturn(parts),
  resolveContradiction: resolveContradiction(parts),
  receiveWebhook: receiveWebhook(parts),
  showPayPage: showPayPage(parts),
  answerSandbox: answerSandbox(parts),
  cancelPayment: cancelPayment(parts),
  answerCancellation: answerCancellation(parts),
  captureCash: captureCash(parts),
  collectCash: collectCash(parts),
  finishRefunds: finishRefunds(parts),
  refreshOpenPayments: refreshOpenPayments(parts),
  deleteOldWebhooks: deleteOldWebhooks(parts),
})
