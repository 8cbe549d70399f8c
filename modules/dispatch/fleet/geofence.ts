import type { Point } from './point.ts'
import { lineOfSight } from './travel-times.ts'

/** A parcel that its courier brings, as far as it matters for his arrival. */
export type Approached = Readonly<{ point: Point | null; near_since: Date | null; arrived_at: Date | null }>
export type Sighting = Point & Readonly<{ at: Date; accuracy?: number | undefined }>
type Approach = Pick<Approached, 'near_since' | 'arrived_at'>

/** Metres. A courier who is near stays near up to the outer circle: positions jump by tens of metres. */
const innerCircle = 100
const outerCircle = 150
/** Milliseconds near the address before a courier has arrived; he may only pass by. */
const dwell = 30_000
/** A position that is less exact says nothing about a circle of a hundred metres. */
const worstAccuracy = 100

/** Follows the positions of a courier, the oldest first: when he came near the address of a parcel, and when he arrived. */
export function approach(parcel: Approached, sightings: readonly Sighting[]): Approach {
  let { near_since, arrived_at } = parcel
  const { point } = parcel
  if (!point) return { near_since, arrived_at }
  for (const sighting of sightings) {
    if (arrived_at !== null) break
    if ((sighting.accuracy ?? 0) > worstAccuracy) continue
    const metres = lineOfSight(point, sighting) * 1000
    if (metres > outerCircle) near_since = null
    else if (metres <= innerCircle) near_since ??= sighting.at
    if (near_since !== null && sighting.at.getTime() - near_since.getTime() >= dwell) arrived_at = sighting.at
  }
  return { near_since, arrived_at }
}
