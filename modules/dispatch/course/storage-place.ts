import type { Refused } from '#platform/outcome'

/** A bag, a trunk or a trailer: it carries one order at a time. */
export type StoragePlace = Readonly<{ id: string; name: string; total_volume: number; order_id: string | null }>

type NewPlace = Readonly<{ id: string; name: string; total_volume: number }>

export const isWholeVolume = (volume: number): boolean => Number.isSafeInteger(volume) && volume >= 1

/** A new, empty place. */
export function newStoragePlace({
  id,
  name,
  total_volume,
}: NewPlace): StoragePlace | Refused<'name-missing' | 'volume-invalid'> {
  if (name.trim() === '') return { kind: 'refused', reason: 'name-missing' }
  if (!isWholeVolume(total_volume)) return { kind: 'refused', reason: 'volume-invalid' }
  return { id, name, total_volume, order_id: null }
}

export const isOccupied = (place: StoragePlace): boolean => place.order_id !== null

/** Whether the place is empty and large enough. A volume below 1 is refused. */
export const canStore = (place: StoragePlace, volume: number): boolean | Refused<'volume-invalid'> =>
  isWholeVolume(volume)
    ? !isOccupied(place) && volume <= place.total_volume
    : { kind: 'refused', reason: 'volume-invalid' }

type Parcel = Readonly<{ id: string; volume: number }>

/** Puts an order into the place. */
export const store = (place: StoragePlace, { id, volume }: Parcel): StoragePlace | Refused<'cannot-store'> =>
  canStore(place, volume) === true ? { ...place, order_id: id } : { kind: 'refused', reason: 'cannot-store' }

/** Takes an order out of the place. */
export const clear = (place: StoragePlace, order_id: string): StoragePlace | Refused<'order-not-in-place'> =>
  place.order_id === order_id ? { ...place, order_id: null } : { kind: 'refused', reason: 'order-not-in-place' }
