import { newId } from '#platform/values'
import type { Courier } from './courier.ts'
import type { Location } from './location.ts'
import type { Order } from './order.ts'
import type { StoragePlace } from './storage-place.ts'

/** An empty place of this volume, for tests and simulations. */
export const placeOf = (total_volume: number): StoragePlace => ({
  id: newId(),
  name: `Place of ${total_volume}`,
  total_volume,
  order_id: null,
})

type CourierTraits = Readonly<{ speed?: number; volumes?: readonly number[] }>

/** A courier with empty places of these volumes; one of 10 when absent. */
export const courierAt = (location: Location, { speed = 1, volumes = [10] }: CourierTraits = {}): Courier => ({
  id: newId(),
  name: 'Пётр',
  speed,
  location,
  storage_places: volumes.map(placeOf),
})

/** An order that waits for a courier. */
export const orderAt = (location: Location, { volume = 1 } = {}): Order => ({
  id: newId(),
  location,
  volume,
  status: 'created',
  courier_id: null,
})
