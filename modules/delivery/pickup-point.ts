import type { Refused } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { OpenHours } from './schema.ts'

/** A point where customers collect orders. A closed one has `is_active: false`. */
export type PickupPoint = Readonly<{
  id: string
  name: Localized
  address: Localized
  hours: readonly OpenHours[]
  timezone: string
  /** Where it is on the map; null: not said. */
  lat: number | null
  lng: number | null
  /** Its place in the list. */
  position: number
  is_active: boolean
}>

type Checked = Pick<PickupPoint, 'hours' | 'timezone' | 'lat' | 'lng'>

/** Refuses hours, time zones and coordinates that the schema cannot check. */
export function refusalOfPoint({
  hours,
  timezone,
  lat,
  lng,
}: Checked): Refused<'unknown-timezone' | 'wrong-hours' | 'incomplete-coordinates'> | undefined {
  if ((lat === null) !== (lng === null)) return { kind: 'refused', reason: 'incomplete-coordinates' }
  if (!isTimezone(timezone)) return { kind: 'refused', reason: 'unknown-timezone' }
  const areRight = hours.every(({ opens, closes }) => opens < closes) && !overlap(hours)
  return areRight ? undefined : { kind: 'refused', reason: 'wrong-hours' }
}

function isTimezone(timezone: string): boolean {
  // An offset such as +03:00 is a time zone for Intl, but knows no daylight saving time.
  if (!/^[A-Za-z]/.test(timezone)) return false
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
    return true
  } catch {
    return false
  }
}

/** Times of day are texts of one length, so they compare as texts. */
function overlap(hours: readonly OpenHours[]): boolean {
  const spans = hours.flatMap(({ days, opens, closes }) => [...new Set(days)].map((day) => ({ day, opens, closes })))
  return spans.some((one, i) =>
    spans.some((other, k) => i < k && one.day === other.day && one.opens < other.closes && other.opens < one.closes),
  )
}
