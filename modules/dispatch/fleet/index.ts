import { keyLocal } from '#platform/events'
import { WakeableLoop } from '#platform/jobs'
import type { Background, Module } from '#platform/module'
import { seconds, type Clock } from '#platform/values'
import { openPlanner, type Planner } from '../planner/index.ts'
import { anonymiseParcels } from './anonymise-parcels/anonymise-parcels.ts'
import { anonymiseParcelsJob } from './anonymise-parcels/job.ts'
import { answerOffer } from './answer-offer/answer-offer.ts'
import { answerOfferRoutes } from './answer-offer/route.ts'
import { assignParcel } from './assign-parcel/assign-parcel.ts'
import { assignParcelRoutes } from './assign-parcel/route.ts'
import { carryParcel } from './carry-parcel/carry-parcel.ts'
import { carryParcelRoutes } from './carry-parcel/route.ts'
import { changeDuty } from './change-duty/change-duty.ts'
import { changeDutyRoute } from './change-duty/route.ts'
import { closeParcel } from './close-parcel/close-parcel.ts'
import { closeParcelSubscription } from './close-parcel/subscriber.ts'
import { createParcel } from './create-parcel/create-parcel.ts'
import { createParcelSubscription } from './create-parcel/subscriber.ts'
import { listParcels } from './list-parcels/query.ts'
import { listParcelsRoute } from './list-parcels/route.ts'
import { planRoutes, type PlanRoutes } from './plan-routes/plan-routes.ts'
import type { Point } from './point.ts'
import { showOwnParcel } from './show-own-parcel/query.ts'
import { showOwnParcelRoute } from './show-own-parcel/route.ts'
import { showRoute } from './show-route/query.ts'
import { showRouteRoute } from './show-route/route.ts'
import type { FleetDb } from './store.ts'
import { metrics, timesBy } from './travel-times.ts'

export type { Point }
export type Metric = keyof typeof metrics

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  /** Milliseconds in which a courier may answer an offer. */
  offerTime: number
  /** Milliseconds after the order in which its parcel is promised. */
  promise: number
  /** Where the shop hands its parcels over; null when the settings do not say. */
  depot: Point | null
  /** How the length of a way is computed. */
  metric: Metric
}>

/** The couriers of the shop: duty, offers, and the parcels that they bring. */
export function fleet(needs: Needs) {
  const loop = new WakeableLoop()
  const planner = openPlanner()
  const travelTimes = timesBy(metrics[needs.metric])
  const parts = { ...needs, planner, travelTimes, wake: loop.wake }
  const slices = {
    createParcel: createParcel(parts),
    closeParcel: closeParcel(parts),
    changeDuty: changeDuty(parts),
    planRoutes: planRoutes(parts),
    answerOffer: answerOffer(parts),
    assignParcel: assignParcel(parts),
    carryParcel: carryParcel(parts),
    showRoute: showRoute(parts),
    showOwnParcel: showOwnParcel(parts),
    listParcels: listParcels(parts),
  }
  return {
    ...slices,
    routes: [
      changeDutyRoute(slices),
      showRouteRoute(slices),
      showOwnParcelRoute(slices),
      answerOfferRoutes(slices),
      carryParcelRoutes(slices),
      assignParcelRoutes(slices),
      listParcelsRoute(slices),
    ],
    subscriptions: [createParcelSubscription(slices), closeParcelSubscription(slices)].map(keyLocal),
    jobs: [anonymiseParcelsJob({ anonymiseParcels: anonymiseParcels(parts) })],
    background: [planLoop({ loop, planner, ...slices })],
  } satisfies Pick<Module, 'routes' | 'subscriptions' | 'jobs' | 'background'> & Record<string, unknown>
}

/** Offers expire this much late at most, and an instance that died is replaced after it. */
const safetyTick = seconds(10)
/** Another process plans, or has just changed the plan. */
const busyTick = 250

type Planning = Readonly<{ loop: WakeableLoop; planner: Planner; planRoutes: PlanRoutes }>

/** Plans at once when a change wakes it. */
const planLoop = ({ loop, planner, planRoutes }: Planning): Background => ({
  name: 'routes',
  start: async (log) => {
    const { stop } = loop.start({
      run: async (signal) => {
        const { kind } = await planRoutes(signal)
        return kind === 'busy' || kind === 'lost' ? busyTick : safetyTick
      },
      onError: (error) => log.error({ err: error }, 'the routes cannot be planned, and are tried again in a second'),
    })
    return async () => {
      await stop()
      await planner.close()
    }
  },
})
