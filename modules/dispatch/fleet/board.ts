import type { Locale } from '#platform/values'
import { fleetCourierViewOf, parcelViewOf, stopViewsOf } from './parcel-view.ts'
import { momentOf } from './planning.ts'
import { pointOf, type Point } from './point.ts'
import type { BoardCourier, BoardParcel, BoardView } from './schema.ts'
import type { FleetCourier, NamedParcel, RouteRow } from './store.ts'
import type { MetricName } from './travel-times.ts'

/** The rows of the board. */
export type BoardRows = Readonly<{
  couriers: readonly FleetCourier[]
  parcels: readonly NamedParcel[]
  routes: readonly RouteRow[]
}>

export type BoardPlace = Readonly<{ depot: Point | null; metric: MetricName }>

/** The board as a dispatcher sees it. */
export function boardOf({ couriers, parcels, routes }: BoardRows, place: BoardPlace, locale: Locale): BoardView {
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
        expected_at: stop ? momentOf(stop.begins_at).toISOString() : null,
        is_late: (stop?.late_seconds ?? 0) > 0,
      }
    }),
  }
}

/** Couriers and parcels that are new or different, and the ids of those that are no longer on the board. */
export type BoardChange = Readonly<{
  couriers: readonly BoardCourier[]
  parcels: readonly BoardParcel[]
  gone: readonly string[]
}>

/** The difference of two boards; undefined when there is none. */
export function changeOf(earlier: BoardView, later: BoardView): BoardChange | undefined {
  const couriers = changedIn(earlier.couriers, later.couriers)
  const parcels = changedIn(earlier.parcels, later.parcels)
  const present = new Set([...later.couriers, ...later.parcels].map(({ id }) => id))
  const gone = [...earlier.couriers, ...earlier.parcels].map(({ id }) => id).filter((id) => !present.has(id))
  return couriers.length + parcels.length + gone.length > 0 ? { couriers, parcels, gone } : undefined
}

function changedIn<Item extends { id: string }>(earlier: readonly Item[], later: readonly Item[]): readonly Item[] {
  const texts = new Map(earlier.map((item) => [item.id, JSON.stringify(item)]))
  return later.filter((item) => texts.get(item.id) !== JSON.stringify(item))
}
