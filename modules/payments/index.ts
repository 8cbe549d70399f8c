import type { Kysely } from 'kysely'
import { keyLocal } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { answerSandbox } from './answer-sandbox/answer-sandbox.ts'
import { answerSandboxRoute } from './answer-sandbox/route.ts'
import { cancelPayment } from './cancel-payment/cancel-payment.ts'
import { hearNotDue, type PaymentCancellationRequested } from './cancel-payment/subscriber.ts'
import { checksOf } from './checks.ts'
import { collectCash } from './collect-cash/subscriber.ts'
import { paymentsEvents } from './events.ts'
import { paymentsMetric } from './metrics.ts'
import { finishRefund } from './finish-refund.ts'
import { finishRefunds } from './finish-refunds/job.ts'
import { readPayPage } from './pay-page/query.ts'
import { payPageRoute } from './pay-page/route.ts'
import { processPayment } from './process-payment/process-payment.ts'
import { processPaymentRoute } from './process-payment/route.ts'
import { providersOf, type Provider } from './provider.ts'
import { cash } from './providers/cash.ts'
import { sandbox, type SandboxMode } from './providers/sandbox.ts'
import { refundPayment } from './refund-payment/refund-payment.ts'
import { refundPaymentRoute } from './refund-payment/route.ts'
import { rereadOpen } from './reread-open/job.ts'
import { settlePayment } from './settle-payment/settle-payment.ts'
import { listPayments, showPayment } from './show-payment/query.ts'
import { listPaymentsRoute, showPaymentRoute } from './show-payment/route.ts'
import { startPayment, type PaymentRequested } from './start-payment/subscriber.ts'
import type { PaymentsTables } from './tables.ts'

export type { PaymentRequested, PaymentCancellationRequested, SandboxMode }
export { ProviderUnavailable, type Charge, type Provider } from './provider.ts'

type Needs = Readonly<{
  db: Kysely<PaymentsTables>
  now: Clock
  sandboxMode: SandboxMode
  /** Takes online payments instead of the sandbox. */
  online?: Provider
  /** Where the house is reached from outside, without a slash at the end. */
  publicUrl?: string
  /** The modules' events that say what is due, and what is no longer. */
  paymentRequests: readonly PaymentRequested[]
  paymentCancellations: readonly PaymentCancellationRequested[]
}>

/** What is due is paid, given back or called off: once, and every kopeck booked. */
export function payments(needs: Needs): Module<undefined> {
  const { db, now, paymentRequests, paymentCancellations, publicUrl = '' } = needs
  const bank = sandbox({ db, mode: needs.sandboxMode })
  const providers = providersOf({ online: needs.online ?? bank, cash_on_delivery: cash })
  const wired = { db, now, providers, returnUrlOf: (subject_id: string) => `${publicUrl}/pay/${subject_id}` }
  const finish = finishRefund(wired)
  const settle = settlePayment(wired)
  const cancel = cancelPayment({ ...wired, finish })
  const show = showPayment(wired)
  return {
    name: 'payments',
    description: 'What is due is paid, given back or called off: once, and every kopeck booked.',
    api: undefined,
    unversionedPaths: ['/payments'],
    routes: [
      processPaymentRoute(processPayment(wired)),
      showPaymentRoute(show),
      listPaymentsRoute(listPayments(wired)),
      refundPaymentRoute(refundPayment({ db, now, finish })),
    ],
    pages: [
      payPageRoute(readPayPage(wired), `${publicUrl}/`),
      answerSandboxRoute(answerSandbox({ db, now, buyerSays: bank.buyerSays, settle })),
    ],
    publishes: paymentsEvents,
    subscriptions: [
      ...paymentRequests.map((due) => startPayment(wired, due)),
      ...paymentCancellations.map((notDue) => hearNotDue({ cancel, now }, notDue)),
      collectCash(wired),
    ].map(keyLocal),
    jobs: [finishRefunds({ db, finish }), rereadOpen({ db, now, settle })],
    checks: checksOf(db),
    metrics: [paymentsMetric(db)],
  }
}
