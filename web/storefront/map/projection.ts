/** A place on the earth, in degrees. */
export type Place = Readonly<{ lat: number; lng: number }>
export type Circle = Place & Readonly<{ radius_m: number }>

/** The size of a drawn map in its own units. */
export const width = 400
export const height = 280

/** The free edge around the outermost places. */
const margin = 36
/** A map of one place shows this many metres around it. */
const least = 800
const metresPerDegree = 111_320

export type Projection = Readonly<{
  /** Units of the map from its upper left corner. */
  toMap: (place: Place) => Readonly<{ x: number; y: number }>
  toPlace: (x: number, y: number) => Place
  unitsPerMetre: number
}>

/** The projection that shows all places and circles. A shop delivers so near that the earth is flat. */
export function projectionOf(places: readonly Place[], circles: readonly Circle[]): Projection {
  const corners = [...places, ...circles.flatMap(cornersOf)]
  const [south, north] = rangeOf(corners.map(({ lat }) => lat))
  const [west, east] = rangeOf(corners.map(({ lng }) => lng))
  const middle = { lat: (south + north) / 2, lng: (west + east) / 2 }
  const metresPerLng = metresPerDegree * Math.cos((middle.lat * Math.PI) / 180)
  const spanX = Math.max((east - west) * metresPerLng, least)
  const spanY = Math.max((north - south) * metresPerDegree, least)
  const unitsPerMetre = Math.min((width - 2 * margin) / spanX, (height - 2 * margin) / spanY)
  return {
    unitsPerMetre,
    toMap: ({ lat, lng }) => ({
      x: width / 2 + (lng - middle.lng) * metresPerLng * unitsPerMetre,
      y: height / 2 - (lat - middle.lat) * metresPerDegree * unitsPerMetre,
    }),
    toPlace: (x, y) => ({
      lat: rounded(middle.lat - (y - height / 2) / metresPerDegree / unitsPerMetre),
      lng: rounded(middle.lng + (x - width / 2) / metresPerLng / unitsPerMetre),
    }),
  }
}

/** A tenth of a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

const rangeOf = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)]

function cornersOf({ lat, lng, radius_m }: Circle): readonly Place[] {
  const north = radius_m / metresPerDegree
  const east = north / Math.cos((lat * Math.PI) / 180)
  return [
    { lat: lat - north, lng: lng - east },
    { lat: lat + north, lng: lng + east },
  ]
}

/** The metres between two places of one town. */
export function metresBetween(one: Place, other: Place): number {
  const lng = (other.lng - one.lng) * Math.cos((one.lat * Math.PI) / 180)
  return Math.hypot(other.lat - one.lat, lng) * metresPerDegree
}

const lengths = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]

/** The metres of the bar that shows the scale: a round number, at most a third of the map. */
export const scaleOf = ({ unitsPerMetre }: Projection): number =>
  lengths.findLast((metres) => metres * unitsPerMetre <= width / 3) ?? 50
