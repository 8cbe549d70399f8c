import type { Locale } from '#platform/values'
import { isPostcode, placeNameOf } from './address-place.ts'
import type { Zone } from './zone.ts'
import type { PublicZoneView, ZoneView } from './zone-schema.ts'

/** A zone as staff see it. */
export const zoneViewOf = (zone: Zone): ZoneView => ({ ...zone, places: [...zone.places] })

/** A zone as buyers see it, in their language. */
export const publicZoneViewOf = (zone: Zone, locale: Locale): PublicZoneView => {
  const { id, name, lat, lng, radius_m, fee, currency, minimum_total, free_from } = zone
  const circle = lat === null || lng === null || radius_m === null ? null : { lat, lng, radius_m }
  return { id, name: name[locale], needs: needsOf(zone), circle, fee, currency, minimum_total, free_from }
}

/** A zone of postcodes alone is not found by the name of a town, and a circle alone by neither. */
function needsOf({ places }: Zone): PublicZoneView['needs'] {
  const names = places.map(placeNameOf).filter((name) => name !== '')
  if (names.length === 0) return 'point'
  return names.every(isPostcode) ? 'postcode' : 'city'
}
