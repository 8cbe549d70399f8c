import type { Locale } from '#platform/values'
import { momentOf } from './planning.ts'
import { isOpen } from './parcel.ts'
import type { FleetCourierView, OwnParcelView, ParcelView, StopView } from './schema.ts'
import type { FleetCourier, NamedParcel, ParcelRow, RouteRow } from './store.ts'

/** A parcel for couriers and staff: neither sees the PIN, which the customer says. */
export const parcelViewOf = (parcel: NamedParcel, locale: Locale) =>
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
    volume_litres: parcel.volume_litres,
    window_from: parcel.window_from.toISOString(),
    window_to: parcel.window_to.toISOString(),
    required_skills: parcel.required_skills,
    cash_to_collect: parcel.cash_to_collect,
    currency: parcel.currency,
    courier_id: parcel.courier_id,
    courier_name: parcel.courier_name,
    pinned: parcel.pinned,
    assignment: parcel.assignment?.[locale] ?? null,
    offer_expires_at: parcel.offer_expires_at?.toISOString() ?? null,
    reason: parcel.reason,
    arrived_at: parcel.arrived_at?.toISOString() ?? null,
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
    capacity_litres: courier.capacity_litres,
    most_parcels: courier.most_parcels,
    skills: courier.skills,
    shift_ends_at: courier.shift_ends_at?.toISOString() ?? null,
    position: lat === null || lng === null ? null : { lat, lng },
  }) satisfies FleetCourierView

/** The stops of a route. A parcel that failed comes back to the shop. */
export function stopViewsOf(
  stops: RouteRow['stops'],
  parcels: readonly Pick<ParcelRow, 'id' | 'status'>[],
): StopView[] {
  const failed = new Set(parcels.filter(({ status }) => status === 'failed').map(({ id }) => id))
  return stops.map(({ order_id, kind, arrives_at, begins_at, late_seconds }) => ({
    parcel_id: order_id,
    kind: failed.has(order_id) ? 'return' : kind,
    arrives_at: momentOf(arrives_at).toISOString(),
    begins_at: momentOf(begins_at).toISOString(),
    is_late: late_seconds > 0,
  }))
}

/** Couriers may have given more than their first name; customers see that alone. */
export const firstNameOf = (name: string | null): string | null => name?.trim().split(/\s+/)[0] ?? null

/** A parcel for its customer, with the PIN and the planned time. */
export const ownParcelViewOf = (parcel: NamedParcel & { stop: RouteRow['stops'][number] | null }) =>
  ({
    order_id: parcel.order_id,
    status: parcel.status,
    courier_name: parcel.status === 'picked_up' ? firstNameOf(parcel.courier_name) : null,
    expected_at: parcel.stop ? momentOf(parcel.stop.begins_at).toISOString() : null,
    arrived: parcel.arrived_at !== null && parcel.status === 'picked_up',
    pin: isOpen(parcel) ? parcel.pin : null,
  }) satisfies OwnParcelView
