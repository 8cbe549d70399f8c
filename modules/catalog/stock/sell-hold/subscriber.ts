import { subscribe } from '#platform/events'
import type { Clock } from '#platform/values'
import { orderFulfilled } from '#ordering/events'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { sellHold } from './sell-hold.ts'

/** Sells the held pieces of a fulfilled order. */
export const onOrderFulfilled = (needs: Readonly<{ now: Clock; catalogCache: CatalogCache }>) =>
  subscribe(orderFulfilled, (tx, { payload }) => sellHold(tx, payload.order_id, needs))
