import { keyLocal, subscribe, type Subscription } from '#platform/events'
import { basketCancelled } from '../../events.ts'
import type { CancelOrderOfBasket } from './cancel-order.ts'

/** Handles `basket-cancelled`. */
export const cancelOrderSubscription = ({
  cancelOrderOfBasket,
}: Readonly<{ cancelOrderOfBasket: CancelOrderOfBasket }>): Subscription =>
  keyLocal(
    subscribe(basketCancelled, (tx, { payload: { order_id: id, reason } }) => cancelOrderOfBasket(tx, { id, reason })),
  )
