import { orderCancelled, returnRefunded } from '#ordering/events'
import { paymentRefunded } from '#payments/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import { releaseRedemption, returnUsesOfRefunded } from './release-redemptions.ts'

/**
 * A cancelled order returns all its uses. An order that is refunded after the delivery, or whose goods have all come back,
 * returns only those that its promotions return.
 */
export const releaseRedemptionsSubscriptions: readonly Subscription[] = [
  commutative(subscribe(orderCancelled, (tx, { payload }) => releaseRedemption(tx, payload.order_id))),
  commutative(
    subscribe(paymentRefunded, async (tx, { payload }) => {
      if (payload.subject_type !== 'order' || !payload.fully_refunded) return
      await returnUsesOfRefunded(tx, payload.subject_id)
    }),
  ),
  commutative(
    subscribe(returnRefunded, async (tx, { payload }) => {
      if (payload.whole_order) await returnUsesOfRefunded(tx, payload.order_id)
    }),
  ),
]
