import { orderCreated } from '#ordering/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { RemoveOrderedItems } from './remove-ordered-items.ts'

/** Runs at once: a buyer who fills the cart again sees the ordered items until then. */
export const removeOrderedItemsSubscription = (removeOrderedItems: RemoveOrderedItems): Subscription =>
  commutative(
    subscribe(orderCreated, (tx, { payload }) => removeOrderedItems(tx, payload), {
      concerns: ({ from_cart }) => from_cart,
    }),
  )
