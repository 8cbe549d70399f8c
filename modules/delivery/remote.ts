import type { Remote } from '#platform/calls'
import type { DeliveryApi } from './api.ts'
import { choosePickupPointCall, feeOfCall, shipmentOfCall } from './calls.ts'

/** The api of delivery in another process. */
export const remoteDelivery = ({ call }: Remote): DeliveryApi => ({
  choosePickupPoint: async (pickup_point_id) => await call(choosePickupPointCall, { pickup_point_id }),
  feeOf: async (input) => await call(feeOfCall, input),
  shipmentOf: async (order_id) => {
    const outcome = await call(shipmentOfCall, { order_id })
    if (outcome.kind === 'not-found') return outcome
    return { kind: 'found', shipment: { ...outcome.shipment, timeline: [...outcome.shipment.timeline] } }
  },
})
