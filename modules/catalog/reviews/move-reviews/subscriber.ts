import { orderOwnerChanged } from '#ordering/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { MoveReviews } from './move-reviews.ts'

/** Handles `order-owner-changed`: a review follows the order with which its author received the product. */
export const moveReviewsSubscription = ({ moveReviews }: Readonly<{ moveReviews: MoveReviews }>): Subscription =>
  commutative(subscribe(orderOwnerChanged, (tx, { payload }) => moveReviews(tx, payload)))
