/** A point on the earth, in degrees. */
export type GeoPoint = Readonly<{ lat: number; lng: number }>

const radians = (degrees: number) => (degrees * Math.PI) / 180
const earthRadius = 6371

/** Kilometres of the great circle between two points. */
export function kilometresBetween(from: GeoPoint, to: GeoPoint): number {
  const [lat, lng] = [radians(to.lat - from.lat), radians(to.lng - from.lng)]
  const chord =
    Math.sin(lat / 2) ** 2 + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(lng / 2) ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)))
}
