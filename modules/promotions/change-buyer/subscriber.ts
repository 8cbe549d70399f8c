import { orderOwnerChanged } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import { changeBuyer } from './change-buyer.ts'

/** An order that belongs to another account counts for this account. */
export const changeBuyerSubscription: Subscription = subscribe(orderOwnerChanged, (tx, { payload }) =>
  changeBuyer(tx, payload),
)
