import type { FleetPlan, PlannedRoute, PlannedStop } from '../planner/index.ts'
import { takesParcels, secondsOf, type Facts, type PlanningCourier } from './planning.ts'
import type { ParcelRow } from './store.ts'

/** A waiting parcel that its planned courier should be asked to take now. */
export type DueOffer = Readonly<{ parcel_id: string; courier_id: string; delivered_at: number }>

/** Seconds before the pickup at which a busy courier is asked: what lies further ahead may still get a better courier. */
const lead = 15 * 60

/**
 * The parcels of the next trip of each courier, as many as he may have at a time. Those of a later trip wait: until then the
 * plan may give them to another courier. A courier without parcels is asked at once, unless the customer expects the parcel later.
 */
export const dueOffers = (plan: FleetPlan, facts: Facts): readonly DueOffer[] =>
  plan.routes.flatMap((route) => {
    const courier = facts.couriers.find(({ id }) => id === route.courier_id)
    return courier && takesParcels(courier, facts.now) ? offersOf(route, courier, facts) : []
  })

function offersOf(route: PlannedRoute, courier: PlanningCourier, { parcels, now }: Facts): readonly DueOffer[] {
  const held = parcels.filter(({ courier_id }) => courier_id === courier.id).length
  const latest = secondsOf(now) + lead
  const byId = new Map(parcels.map((parcel) => [parcel.id, parcel]))
  return nextTrip(route)
    .filter(({ pickup, dropoff }) => {
      const isLater = dropoff.begins_at - dropoff.arrives_at > lead
      return isWaiting(byId.get(pickup.order_id)) && !isLater && (held === 0 || pickup.arrives_at <= latest)
    })
    .slice(0, Math.max(0, courier.most_parcels - held))
    .map(({ pickup, dropoff }) => ({
      parcel_id: pickup.order_id,
      courier_id: courier.id,
      delivered_at: dropoff.begins_at,
    }))
}

const isWaiting = (parcel: ParcelRow | undefined) => parcel?.status === 'waiting'

type Planned = Readonly<{ pickup: PlannedStop; dropoff: PlannedStop }>

/** The parcels that the courier picks up before he delivers one of them. */
function nextTrip({ stops }: PlannedRoute): readonly Planned[] {
  const taken = new Set<string>()
  const trip: Planned[] = []
  for (const stop of stops) {
    if (stop.kind === 'dropoff' && taken.has(stop.order_id)) break
    if (stop.kind === 'dropoff') continue
    taken.add(stop.order_id)
    const dropoff = stops.find(({ order_id, kind }) => order_id === stop.order_id && kind === 'dropoff')
    if (dropoff) trip.push({ pickup: stop, dropoff })
  }
  return trip
}
