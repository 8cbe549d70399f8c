import { orderCreated } from '#ordering/events'
import { commutative, subscribe, type Subscription } from '#platform/events'
import type { RemoveOrderedItems } from './remove-ordered-items.ts'

export const removeOrderedItemsSubscription = (removeOrderedItems: RemoveOrderedItems): Subscription =>
  commutative(subscribe(orderCreated, (tx, { payload }) => removeOrderedItems(tx, payload), { linger: true }))
