import { keyLocal } from '#platform/events'
import { WakeableLoop } from '#platform/jobs'
import type { Background, Module } from '#platform/module'
import type { Storage } from '#platform/storage'
import { seconds, type Clock } from '#platform/values'
import { openPlanner, type Planner } from '../planner/index.ts'
import { anonymiseParcels } from './anonymise-parcels/anonymise-parcels.ts'
import { anonymiseParcelsJob } from './anonymise-parcels/job.ts'
import { assignParcel } from './assign-parcel/assign-parcel.ts'
import { assignParcelRoutes } from './assign-parcel/route.ts'
import { cancelParcel } from './cancel-parcel/cancel-parcel.ts'
import { cancelParcelSubscription } from './cancel-parcel/subscriber.ts'
import { changeCustomer } from './change-customer/change-customer.ts'
import { changeCustomerSubscription } from './change-customer/subscriber.ts'
import { changeDuty } from './change-duty/change-duty.ts'
import { changeDutyRoute } from './change-duty/route.ts'
import { changeParcel } from './change-parcel/change-parcel.ts'
import { changeParcelRoute } from './change-parcel/route.ts'
import { closeParcel } from './close-parcel/close-parcel.ts'
import { closeParcelSubscription } from './close-parcel/subscriber.ts'
import { createParcel } from './create-parcel/create-parcel.ts'
import { createParcelSubscription } from './create-parcel/subscriber.ts'
import { deletePhotos } from './delete-photos/delete-photos.ts'
import { deletePhotosJob } from './delete-photos/job.ts'
import { deletePositions, deleteReports } from './delete-reports/delete-reports.ts'
import { deleteReportsJob } from './delete-reports/job.ts'
import { endShifts } from './end-shifts/end-shifts.ts'
import { endShiftsJob } from './end-shifts/job.ts'
import { followAccount } from './follow-account/follow-account.ts'
import { followAccountSubscriptions } from './follow-account/subscriber.ts'
import { listDiscrepancies } from './list-discrepancies/query.ts'
import { listDiscrepanciesRoute } from './list-discrepancies/route.ts'
import { listParcels } from './list-parcels/query.ts'
import { listParcelsRoute } from './list-parcels/route.ts'
import { listPhotos } from './list-photos/query.ts'
import { listPhotosRoutes } from './list-photos/route.ts'
import { viewPhoto } from './photo-view.ts'
import { planRoutes, type PlanRoutes } from './plan-routes/plan-routes.ts'
import type { Point } from './point.ts'
import { recordDiscrepancy } from './record-discrepancy/record-discrepancy.ts'
import { recordDiscrepancySubscription } from './record-discrepancy/subscriber.ts'
import { reportPositions } from './report-positions/report-positions.ts'
import { reportPositionsRoute } from './report-positions/route.ts'
import { reportSteps } from './report-steps/report-steps.ts'
import { reportStepsRoute } from './report-steps/route.ts'
import { resolveDiscrepancy } from './resolve-discrepancy/resolve-discrepancy.ts'
import { resolveDiscrepancyRoute } from './resolve-discrepancy/route.ts'
import type { ProofRule } from './schema.ts'
import { savePhotoRoute } from './save-photo/route.ts'
import { savePhoto } from './save-photo/save-photo.ts'
import { showBoard } from './show-board/query.ts'
import { boardPage } from './show-board/page.ts'
import { showBoardRoutes } from './show-board/route.ts'
import { parcelOf, showOwnParcel } from './show-own-parcel/query.ts'
import { showOwnParcelRoute } from './show-own-parcel/route.ts'
import { showRoute } from './show-route/query.ts'
import { showRouteRoute } from './show-route/route.ts'
import type { FleetDb } from './store.ts'
import { takeStepRoutes } from './take-step/route.ts'
import { takeStep } from './take-step/take-step.ts'
import { trackParcel } from './track-parcel/query.ts'
import { trackParcelRoutes } from './track-parcel/route.ts'
import { metrics, timesBy, timesByRoad, type MetricName, type RoadDistances } from './travel-times.ts'

export type { Step } from './steps.ts'

/** The settings of the fleet; times are milliseconds. */
export type FleetSettings = Readonly<{
  /** The time in which a courier may answer an offer. */
  offerTime: number
  /** The time after the shipment in which its parcel is promised. */
  promise: number
  /** Where the shop hands its parcels over; null when the settings do not say. */
  depot: Point | null
  /** How the length of a way is computed. */
  metric: MetricName
  /** The proof of a delivery. */
  proof: ProofRule
  positionRetention: number
  photoRetention: number
}>

type Needs = FleetSettings &
  Readonly<{
    db: FleetDb
    now: Clock
    storage: Storage
    /** It replaces the planner that searches in a thread. */
    planner?: Planner
    /** The lengths of ways on roads; the metric alone measures them when absent. */
    roads?: RoadDistances | undefined
  }>

/** The couriers of the shop: duty, routes, offers, and the parcels that they bring. */
export function fleet(needs: Needs) {
  const loop = new WakeableLoop()
  const planner = needs.planner ?? openPlanner()
  const metric = metrics[needs.metric]
  const travelTimes = needs.roads ? timesByRoad(needs.roads, metric) : timesBy(metric)
  const parts = { ...needs, planner, travelTimes, wake: loop.wake }
  const step = takeStep(parts)
  const slices = {
    createParcel: createParcel(parts),
    cancelParcel: cancelParcel(parts),
    closeParcel: closeParcel(parts),
    changeDuty: changeDuty(parts),
    planRoutes: planRoutes(parts),
    assignParcel: assignParcel(parts),
    changeParcel: changeParcel(parts),
    takeStep: step,
    reportSteps: reportSteps({ takeStep: step }),
    reportPositions: reportPositions(parts),
    savePhoto: savePhoto(parts),
    listPhotos: listPhotos(parts),
    viewPhoto: viewPhoto(needs.storage),
    endShifts: endShifts(parts),
    showRoute: showRoute(parts),
    showOwnParcel: showOwnParcel(parts),
    parcelOf: parcelOf(parts),
    listParcels: listParcels(parts),
    listDiscrepancies: listDiscrepancies(parts),
    resolveDiscrepancy: resolveDiscrepancy(parts),
    recordDiscrepancy: recordDiscrepancy(parts),
    showBoard: showBoard(parts),
    trackParcel: trackParcel(parts),
    place: { depot: needs.depot, metric: needs.metric },
  }
  return {
    ...slices,
    routes: routesOf(slices),
    pages: [boardPage()],
    subscriptions: [
      createParcelSubscription(slices),
      cancelParcelSubscription(slices),
      closeParcelSubscription(slices),
      recordDiscrepancySubscription(slices),
      changeCustomerSubscription({ changeCustomer }),
    ]
      .map(keyLocal)
      .concat(followAccountSubscriptions({ followAccount: followAccount(parts) })),
    jobs: [
      anonymiseParcelsJob({ anonymiseParcels: anonymiseParcels(parts) }),
      endShiftsJob(slices),
      deleteReportsJob({ deletePositions: deletePositions(parts), deleteReports: deleteReports(parts) }),
      deletePhotosJob({ deletePhotos: deletePhotos(parts) }),
    ],
    background: [planLoop({ loop, planner, ...slices })],
  } satisfies Pick<Module, 'routes' | 'pages' | 'subscriptions' | 'jobs' | 'background'> & Record<string, unknown>
}

type Routed = Parameters<typeof changeDutyRoute>[0] &
  Parameters<typeof showRouteRoute>[0] &
  Parameters<typeof showOwnParcelRoute>[0] &
  Parameters<typeof takeStepRoutes>[0] &
  Parameters<typeof reportStepsRoute>[0] &
  Parameters<typeof reportPositionsRoute>[0] &
  Parameters<typeof savePhotoRoute>[0] &
  Parameters<typeof listPhotosRoutes>[0] &
  Parameters<typeof assignParcelRoutes>[0] &
  Parameters<typeof listParcelsRoute>[0] &
  Parameters<typeof listDiscrepanciesRoute>[0] &
  Parameters<typeof resolveDiscrepancyRoute>[0] &
  Parameters<typeof changeParcelRoute>[0] &
  Parameters<typeof showBoardRoutes>[0] &
  Parameters<typeof trackParcelRoutes>[0]

const routesOf = (slices: Routed) => [
  changeDutyRoute(slices),
  showRouteRoute(slices),
  takeStepRoutes(slices),
  reportStepsRoute(slices),
  reportPositionsRoute(slices),
  savePhotoRoute(slices),
  assignParcelRoutes(slices),
  listParcelsRoute(slices),
  listDiscrepanciesRoute(slices),
  resolveDiscrepancyRoute(slices),
  showOwnParcelRoute(slices),
  listPhotosRoutes(slices),
  changeParcelRoute(slices),
  showBoardRoutes(slices),
  trackParcelRoutes(slices),
]

/** Offers expire this much late at most, and an instance that died is replaced after it. */
const safetyTick = seconds(10)
/** Another process plans, or couriers were asked: those who have no more room leave the rest of their trips to others. */
const busyTick = 250

type PlanLoopNeeds = Readonly<{ loop: WakeableLoop; planner: Planner; planRoutes: PlanRoutes }>

/** Plans at once when a change wakes it. */
const planLoop = ({ loop, planner, planRoutes }: PlanLoopNeeds): Background => ({
  name: 'routes',
  start: async (log) => {
    const { stop } = loop.start({
      run: async (signal) => {
        const outcome = await planRoutes(signal)
        if (outcome.kind === 'planned') return outcome.offered > 0 ? busyTick : safetyTick
        return outcome.kind === 'idle' ? safetyTick : busyTick
      },
      onError: (error) => log.error({ err: error }, 'the routes cannot be planned, and are tried again in a second'),
    })
    return async () => {
      await stop()
      await planner.close()
    }
  },
})
