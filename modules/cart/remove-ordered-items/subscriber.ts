import { orderCreated } from '#ordering/events'
import { subscribe, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import { removeOrderedItems } from './remove-ordered-items.ts'

export const removeItemsOnOrder = (now: Clock): Subscription =>
  subscribe(orderCreated, async (tx, { payload }) => {
    if (payload.from_cart) await removeOrderedItems(tx, payload, now())
  })
