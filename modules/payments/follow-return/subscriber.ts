import { returnReceived, returnRefunded } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { FollowReturn } from './follow-return.ts'

/** Handles `return-received` and `return-refunded`. */
export const followReturnSubscriptions = ({
  followReturn,
}: Readonly<{ followReturn: FollowReturn }>): readonly Subscription[] => [
  subscribe(returnReceived, (tx, { payload: { return_id, order_id, refundable_amount } }) =>
    followReturn(tx, { return_id, order_id, is_due: refundable_amount > 0 }),
  ),
  subscribe(returnRefunded, (tx, { payload: { return_id, order_id } }) =>
    followReturn(tx, { return_id, order_id, is_due: false }),
  ),
]
