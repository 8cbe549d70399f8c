import { subscribe, type Subscription } from '#platform/events'
import { prepareStart, saveStart, type PaymentRequested } from './start-payment.ts'

type Needs = Parameters<typeof prepareStart>[0]

/** Handles `payment-requested`. */
export const startPayment = (needs: Needs, requested: PaymentRequested): Subscription =>
  subscribe(requested, {
    prepare: (event) => prepareStart(needs, event),
    handle: (tx, event, prepared) => saveStart(tx, event, { prepared, at: needs.now() }),
  })
