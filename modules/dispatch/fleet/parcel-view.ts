import type { FleetCourierView, ParcelView } from './schema.ts'
import type { FleetCourier, NamedParcel } from './store.ts'

/** A parcel for couriers and staff: neither sees the PIN, which the customer says. */
export const parcelViewOf = (parcel: NamedParcel) =>
  ({
    id: parcel.id,
    order_id: parcel.order_id,
    order_number: parcel.order_number,
    status: parcel.status,
    address: parcel.address,
    recipient_name: parcel.recipient_name,
    recipient_phone: parcel.recipient_phone,
    comment: parcel.comment,
    weight_grams: parcel.weight_grams,
    cash_to_collect: parcel.cash_to_collect,
    currency: parcel.currency,
    courier_id: parcel.courier_id,
    courier_name: parcel.courier_name,
    pinned: parcel.pinned,
    assignment: parcel.assignment,
    offer_expires_at: parcel.offer_expires_at?.toISOString() ?? null,
    reason: parcel.reason,
    created_at: parcel.created_at.toISOString(),
    updated_at: parcel.updated_at.toISOString(),
  }) satisfies ParcelView

export const fleetCourierViewOf = ({ lat, lng, ...courier }: FleetCourier) =>
  ({
    id: courier.id,
    name: courier.name,
    duty: courier.duty,
    speed_kmh: courier.speed_kmh,
    capacity_grams: courier.capacity_grams,
    most_parcels: courier.most_parcels,
    position: lat === null || lng === null ? null : { lat, lng },
  }) satisfies FleetCourierView
