import type { Refused } from '#platform/outcome'
import type { Location } from './location.ts'
import { isWholeVolume } from './storage-place.ts'

type OrderFacts = Readonly<{
  /** The id of the confirmed basket. */
  id: string
  location: Location
  volume: number
}>

/** A status with exactly the facts that are true in it. */
export type OrderState =
  | Readonly<{ status: 'created'; courier_id: null }>
  | Readonly<{ status: 'assigned' | 'completed'; courier_id: string }>
  | Readonly<{ status: 'cancelled'; courier_id: string | null }>

export type Order = OrderFacts & OrderState

/** A new order, which waits for a courier. */
export const newOrder = ({ id, location, volume }: OrderFacts): Order | Refused<'volume-invalid'> =>
  isWholeVolume(volume)
    ? { id, location, volume, status: 'created', courier_id: null }
    : { kind: 'refused', reason: 'volume-invalid' }

/** Gives a created order to a courier. */
export const assign = (order: Order, courier_id: string): Order | Refused<'already-assigned'> =>
  order.status === 'created'
    ? { ...order, status: 'assigned', courier_id }
    : { kind: 'refused', reason: 'already-assigned' }

/** Completes an assigned order; its courier stays. */
export const complete = (order: Order): Order | Refused<'not-assigned'> =>
  order.status === 'assigned' ? { ...order, status: 'completed' } : { kind: 'refused', reason: 'not-assigned' }

/** Cancels an order that is not completed. A repeat changes nothing. */
export const cancel = (order: Order): Order | Refused<'already-completed'> =>
  order.status === 'completed'
    ? { kind: 'refused', reason: 'already-completed' }
    : { ...order, status: 'cancelled', courier_id: order.courier_id }
