import { keyLocal } from '#platform/events'
import { WakeableLoop } from '#platform/jobs'
import type { Background, Module } from '#platform/module'
import { seconds, type Clock } from '#platform/values'
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
import { offerParcels, type OfferParcels } from './offer-parcels/offer-parcels.ts'
import { showOwnParcel, showRoute } from './show-route/query.ts'
import { showRouteRoutes } from './show-route/route.ts'
import type { FleetDb } from './store.ts'

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  /** Milliseconds in which a courier may answer an offer. */
  offerTime: number
}>

/** The couriers of the shop: duty, offers, and the parcels that they bring. */
export function fleet(needs: Needs) {
  const loop = new WakeableLoop()
  const parts = { ...needs, wake: loop.wake }
  const slices = {
    createParcel: createParcel(parts),
    closeParcel: closeParcel(parts),
    changeDuty: changeDuty(parts),
    offerParcels: offerParcels(parts),
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
      showRouteRoutes(slices),
      answerOfferRoutes(slices),
      carryParcelRoutes(slices),
      assignParcelRoutes(slices),
      listParcelsRoute(slices),
    ],
    subscriptions: [createParcelSubscription(slices), closeParcelSubscription(slices)].map(keyLocal),
    jobs: [anonymiseParcelsJob({ anonymiseParcels: anonymiseParcels(parts) })],
    background: [offerLoop(loop, slices)],
  } satisfies Pick<Module, 'routes' | 'subscriptions' | 'jobs' | 'background'> & Record<string, unknown>
}

/** Offers expire this much late at most, and an instance that died is replaced after it. */
const safetyTick = seconds(10)
const busyTick = seconds(1)

/** Offers parcels at once when a change wakes it. */
const offerLoop = (loop: WakeableLoop, { offerParcels }: Readonly<{ offerParcels: OfferParcels }>): Background => ({
  name: 'offers',
  start: async (log) => {
    const { stop } = loop.start({
      run: async () => ((await offerParcels()).offered > 0 ? busyTick : safetyTick),
      onError: (error) => log.error({ err: error }, 'parcels cannot be offered, and are tried again in a second'),
    })
    return stop
  },
})
