import { subscribe } from '#platform/events'
import type { Clock } from '#platform/values'
import { orderCancelled } from '#ordering/events'
import type { Shelf } from '../shelf.ts'
import { release } from './release-hold.ts'

/** An order is over without a sale: what was held for it can be sold to others. */
export const hearOrderCancelled = (needs: Readonly<{ now: Clock; shelf: Shelf }>) =>
  subscribe(orderCancelled, (tx, { payload }) => release(tx, payload.order_id, needs))
