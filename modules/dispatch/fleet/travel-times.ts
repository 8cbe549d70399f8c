import { Unavailable } from '#platform/outcome'
import { kilometresBetween } from '#platform/values'
import { travelSeconds, type FleetProblem } from '../planner/index.ts'
import type { Point } from './point.ts'
import type { metricNames } from './board-schema.ts'

export type MetricName = (typeof metricNames)[number]

/** Kilometres of the way between two points. */
export type Metric = (from: Point, to: Point) => number

/** The times between places; a place without a point is an address without coordinates. No way leads to the `starts`, places of couriers. */
export type TravelTimes = (
  places: readonly (Point | null)[],
  starts?: ReadonlySet<Point | null>,
) => Promise<Pick<FleetProblem, 'places' | 'seconds'>>

/** Streets are longer than the line of sight. */
const detour = 1.3

/** Kilometres of the great circle. */
export const lineOfSight: Metric = kilometresBetween

/** The great circle times 1.3, for the streets of a grown town. */
export const haversine: Metric = (from, to) => lineOfSight(from, to) * detour

/** North and south, then east and west: the streets of a planned town. */
export const grid: Metric = (from, to) =>
  lineOfSight(from, { lat: to.lat, lng: from.lng }) + lineOfSight({ lat: to.lat, lng: from.lng }, to)

export const metrics = { haversine, grid } as const satisfies Record<MetricName, Metric>

/** The speed of a courier whose pace is 1, in km/h. */
export const usualSpeed = 15
/** Kilometres that are assumed where a point is not known. */
const unknownWay = 3

const secondsOver = (kilometres: number): number => (kilometres / usualSpeed) * 3600

/** Travel times at the usual speed. */
export const timesBy =
  (metric: Metric): TravelTimes =>
  async (places) =>
    travelSeconds(places, (from, to) => secondsOver(from && to ? metric(from, to) : unknownWay))

/** Kilometres on roads from sources to destinations; null where no road leads. Throws `Unavailable` without an answer. */
export type RoadDistances = (
  sources: readonly Point[],
  destinations: readonly Point[],
) => Promise<(from: Point, to: Point) => number | null>

/** Travel times on roads. `metric` measures where no road leads, and every way while the roads are unavailable. */
export const timesByRoad =
  (roads: RoadDistances, metric: Metric): TravelTimes =>
  async (places, starts = new Set()) => {
    const known = places.filter((place) => place !== null)
    const ends = known.filter((place) => !starts.has(place))
    const between = await roads(known, ends).catch((error: unknown) => {
      if (error instanceof Unavailable) return () => null
      throw error
    })
    return travelSeconds(places, (from, to) => {
      if (!from || !to) return secondsOver(unknownWay)
      return secondsOver((starts.has(to) ? null : between(from, to)) ?? metric(from, to))
    })
  }
