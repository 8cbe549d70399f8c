import type { Locale } from '#platform/values'
import { formatHours } from './open-hours.ts'
import type { PickupPoint } from './pickup-point.ts'
import type { AdminPickupPointView, PickupPointView } from './schema.ts'

/** A pickup point for customers, in their language. */
export const pickupPointViewOf = (
  { id, name, address, hours, timezone, lat, lng }: PickupPoint,
  locale: Locale,
): PickupPointView => ({
  id,
  name: name[locale],
  address: address[locale],
  hours: [...hours],
  hours_text: formatHours(hours, locale),
  timezone,
  lat,
  lng,
})

/** A pickup point for staff, in both languages. */
export const adminPickupPointViewOf = (point: PickupPoint): AdminPickupPointView => ({
  ...point,
  hours: [...point.hours],
})
