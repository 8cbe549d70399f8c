import type { Zone } from './zone.ts'
import type { ZoneView } from './zone-schema.ts'

/** A zone as staff see it. */
export const zoneViewOf = (zone: Zone): ZoneView => ({ ...zone, places: [...zone.places] })
