import { orderCancelled } from '#ordering/events'
import { paymentRefunded } from '#payments/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import { releaseRedemption, returnUsesOfRefunded } from './release-redemptions.ts'

/** A cancelled order returns all its uses; an order that is refunded after the delivery only those that its promotions return. */
export const releaseRedemptionsSubscriptions: readonly Subscription[] = [
  commutative(subscribe(orderCancelled, (tx, { payload }) => releaseRedemption(tx, payload.order_id))),
  commutative(
    subscribe(paymentRefunded, async (tx, { payload }) => {
      if (payload.subject_type !== 'order' || !payload.fully_refunded) return
      await returnUsesOfRefunded(tx, payload.subject_id)
    }),
  ),
]
