import { subscribe, type Subscription } from '#platform/events'
import type { PaymentRequested, PrepareStart, SaveStartedPayment } from './start-payment.ts'

type Needs = Readonly<{ prepareStart: PrepareStart; saveStartedPayment: SaveStartedPayment }>

/** Handles `payment-requested`. */
export const startPaymentSubscription = (
  { prepareStart, saveStartedPayment }: Needs,
  requested: PaymentRequested,
): Subscription =>
  subscribe(requested, {
    prepare: (event) => prepareStart(event),
    handle: (tx, event, prepared) => saveStartedPayment(tx, event, prepared),
  })
