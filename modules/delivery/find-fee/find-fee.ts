import type { DeliveryApi } from '../api.ts'
import type { ZoneCache } from '../store/zones.ts'
import { courierFeeOf } from '../zone.ts'

/** Finds the fee of a courier for an order that is placed. Pickup costs nothing. */
export const findFee =
  ({ zones }: Readonly<{ zones: ZoneCache }>): DeliveryApi['feeOf'] =>
  async ({ delivery_address, items_amount, currency }) => {
    const found = courierFeeOf(delivery_address, { items_amount, currency }, await zones.list())
    return found.kind === 'quoted' ? { kind: 'quoted', fee: found.fee } : found
  }
