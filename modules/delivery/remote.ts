import type { Remote } from '#platform/calls'
import type { DeliveryApi } from './api.ts'
import { choosePickupPointCall } from './calls.ts'

/** The api of delivery in another process. */
export const remoteDelivery = ({ call }: Remote): DeliveryApi => ({
  choosePickupPoint: async (pickup_point_id) => await call(choosePickupPointCall, { pickup_point_id }),
})
