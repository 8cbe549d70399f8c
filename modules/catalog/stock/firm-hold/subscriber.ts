import { subscribe } from '#platform/events'
import { shipmentRequested } from '#ordering/events'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { firmHold } from './firm-hold.ts'

/** Makes the hold of a paid or accepted order firm. */
export const onShipmentRequested = (needs: Readonly<{ catalogCache: CatalogCache }>) =>
  subscribe(shipmentRequested, (tx, { payload }) => firmHold(tx, payload.order_id, needs))
