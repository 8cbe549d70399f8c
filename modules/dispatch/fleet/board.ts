import type { Locale } from '#platform/values'
import type { DiscrepancyView } from './discrepancy-schema.ts'
import { discrepancyViewOf } from './discrepancy-view.ts'
import { fleetCourierViewOf, parcelViewOf, stopViewsOf } from './parcel-view.ts'
import { momentOf } from './planning.ts'
import { pointOf, type Point } from './point.ts'
import type { BoardCourier, BoardParcel, BoardView } from './board-schema.ts'
import type { Discrepancy, FleetCourier, NamedParcel, RouteRow } from './store.ts'
import type { MetricName } from './travel-times.ts'
import { unservedReasonOf } from './unserved.ts'

/** The rows of the board, and the moment at which they were read. */
export type BoardRows = Readonly<{
  couriers: readonly FleetCourier[]
  parcels: readonly NamedParcel[]
  routes: readonly RouteRow[]
  discrepancies: readonly Discrepancy[]
  now: Date
}>

export type BoardPlace = Readonly<{ depot: Point | null; metric: MetricName }>

/** The board as a dispatcher sees it. */
export function boardOf(rows: BoardRows, place: BoardPlace, locale: Locale): BoardView {
  const { couriers, parcels, routes, discrepancies, now } = rows
  const routeOf = new Map(routes.map((route) => [route.courier_id, route]))
  const dropoffs = new Map(
    routes.flatMap(({ courier_id, stops }) =>
      stops.filter(({ kind }) => kind === 'dropoff').map((stop) => [stop.order_id, { ...stop, courier_id }] as const),
    ),
  )
  return {
    ...place,
    couriers: couriers.map((courier) => {
      const route = routeOf.get(courier.id)
      return {
        ...fleetCourierViewOf(courier),
        may_deliver: courier.may_deliver,
        position_at: courier.position_at?.toISOString() ?? null,
        stops: stopViewsOf(route?.stops ?? [], parcels),
        travel_seconds: route?.travel_seconds ?? 0,
      }
    }),
    parcels: parcels.map((parcel) => {
      const stop = dropoffs.get(parcel.id)
      return {
        ...parcelViewOf(parcel, locale),
        point: pointOf(parcel.address),
        planned_courier_id: stop?.courier_id ?? null,
        missed_offers: parcel.missed_offers,
        unserved_reason: unservedReasonOf(parcel, { couriers, now, isPlanned: stop !== undefined }),
        expected_at: stop ? momentOf(stop.begins_at).toISOString() : null,
        is_late: (stop?.late_seconds ?? 0) > 0,
      }
    }),
    discrepancies: discrepancies.map(discrepancyViewOf),
  }
}

/** Couriers, parcels and discrepancies that are new or different, and the ids of those that are no longer on the board. */
export type BoardChange = Readonly<{
  couriers: readonly BoardCourier[]
  parcels: readonly BoardParcel[]
  discrepancies: readonly DiscrepancyView[]
  gone: readonly string[]
}>

/** The difference of two boards; undefined when there is none. */
export function changeOf(earlier: BoardView, later: BoardView): BoardChange | undefined {
  const couriers = changedIn(earlier.couriers, later.couriers)
  const parcels = changedIn(earlier.parcels, later.parcels)
  const discrepancies = changedIn(earlier.discrepancies, later.discrepancies)
  const present = new Set(idsOf(later))
  const gone = idsOf(earlier).filter((id) => !present.has(id))
  const changes = couriers.length + parcels.length + discrepancies.length + gone.length
  return changes > 0 ? { couriers, parcels, discrepancies, gone } : undefined
}

const idsOf = ({ couriers, parcels, discrepancies }: BoardView): readonly string[] =>
  [...couriers, ...parcels, ...discrepancies].map(({ id }) => id)

function changedIn<Item extends { id: string }>(earlier: readonly Item[], later: readonly Item[]): readonly Item[] {
  const texts = new Map(earlier.map((item) => [item.id, JSON.stringify(item)]))
  return later.filter((item) => texts.get(item.id) !== JSON.stringify(item))
}
