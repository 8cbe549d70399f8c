import { subscribe } from '#platform/events'
import type { Clock } from '#platform/values'
import { orderCancelled } from '#ordering/events'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { releaseHold } from './release-hold.ts'

/** Frees the stock of a cancelled order. */
export const onOrderCancelled = (needs: Readonly<{ now: Clock; catalogCache: CatalogCache }>) =>
  subscribe(orderCancelled, (tx, { payload }) => releaseHold(tx, payload.order_id, needs))
