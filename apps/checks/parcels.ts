import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Shipments and the parcels that the couriers of the shop bring. */
export const parcelChecks: readonly CrossCheck[] = [
  {
    name: 'parcel-agrees-with-shipment',
    description:
      'Five minutes after the last change, a parcel is delivered when its shipment is, and no courier is asked to bring a parcel whose shipment is over. Parcels that staff have settled may differ.',
    modules: ['dispatch', 'delivery'],
    violations: sql`
      select parcel.id as parcel_id, parcel.order_id, parcel.status, shipment.status as shipment_status
      from dispatch.parcels as parcel join delivery.shipments as shipment on shipment.id = parcel.id
      where greatest(parcel.updated_at, shipment.updated_at) < now() - interval '5 minutes'
        and ((parcel.status = 'delivered') <> (shipment.status = 'delivered')
          or (parcel.status in ('waiting', 'offered', 'accepted', 'picked_up')
            and shipment.status in ('failed', 'returned', 'cancelled'))
          or (parcel.status in ('failed', 'returned', 'cancelled')
            and shipment.status not in ('failed', 'returned', 'cancelled')))
        and not exists (
          select from dispatch.discrepancies where parcel_id = parcel.id and resolved_at is not null)
      limit 100
    `,
  },
]
