import { orderCreated } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { RemoveOrderedItems } from './remove-ordered-items.ts'

export const removeOrderedItemsSubscription = (removeOrderedItems: RemoveOrderedItems): Subscription =>
  subscribe(orderCreated, async (tx, { payload }) => await removeOrderedItems(tx, payload))
