import { isRefusal, type Refused } from '#platform/outcome'
import { distanceBetween, type Location } from './location.ts'
import { canStore, clear, isOccupied, newStoragePlace, store, type StoragePlace } from './storage-place.ts'

/** A courier on the grid, with the places that carry orders. */
export type Courier = Readonly<{
  id: string
  name: string
  /** Cells per step. */
  speed: number
  location: Location
  storage_places: readonly StoragePlace[]
}>

/** The place that every new courier has. */
const bag = { name: 'Сумка', total_volume: 10 } as const

type NewCourier = Readonly<{ id: string; name: string; speed: number; location: Location; bag_id: string }>

/** A new courier with an empty bag. */
export function newCourier({
  bag_id,
  ...courier
}: NewCourier): Courier | Refused<'name-missing' | 'speed-invalid' | 'volume-invalid'> {
  if (courier.name.trim() === '') return { kind: 'refused', reason: 'name-missing' }
  if (!Number.isSafeInteger(courier.speed) || courier.speed < 1) return { kind: 'refused', reason: 'speed-invalid' }
  const place = newStoragePlace({ id: bag_id, ...bag })
  return isRefusal(place) ? place : { ...courier, storage_places: [place] }
}

/** Adds a place behind the others. Names may repeat. */
export function addStoragePlace(
  courier: Courier,
  added: Readonly<{ id: string; name: string; total_volume: number }>,
): Courier | Refused<'name-missing' | 'volume-invalid'> {
  const place = newStoragePlace(added)
  return isRefusal(place) ? place : { ...courier, storage_places: [...courier.storage_places, place] }
}

type Parcel = Readonly<{ id: string; volume: number }>

/**
 * The smallest free place that the volume fits in, the earlier of two equal ones: large places stay free for large orders.
 */
export const placeFor = (courier: Courier, volume: number): StoragePlace | undefined =>
  courier.storage_places
    .filter((place) => canStore(place, volume) === true)
    .toSorted((one, other) => one.total_volume - other.total_volume)[0]

export const canTake = (courier: Courier, { volume }: Pick<Parcel, 'volume'>): boolean =>
  placeFor(courier, volume) !== undefined

/** True when no place is occupied. */
export const isFree = ({ storage_places }: Courier): boolean => !storage_places.some(isOccupied)

/** Puts an order into the place that `placeFor` chooses. */
export function takeOrder(courier: Courier, order: Parcel): Courier | Refused<'no-suitable-place'> {
  const place = placeFor(courier, order.volume)
  const taken = place && store(place, order)
  if (!taken || isRefusal(taken)) return { kind: 'refused', reason: 'no-suitable-place' }
  return withPlace(courier, taken)
}

/** Takes an order out of the place that carries it. */
export function completeOrder(courier: Courier, order_id: string): Courier | Refused<'order-not-carried'> {
  const place = courier.storage_places.find((each) => each.order_id === order_id)
  const emptied = place && clear(place, order_id)
  if (!emptied || isRefusal(emptied)) return { kind: 'refused', reason: 'order-not-carried' }
  return withPlace(courier, emptied)
}

const withPlace = (courier: Courier, changed: StoragePlace): Courier => ({
  ...courier,
  storage_places: courier.storage_places.map((place) => (place.id === changed.id ? changed : place)),
})

/** The time to a target in steps, as an exact quotient. */
export type TravelTime = Readonly<{ distance: number; speed: number }>

export const travelTime = ({ location, speed }: Courier, target: Location): TravelTime => ({
  distance: distanceBetween(location, target),
  speed,
})

/** Below zero when `one` is shorter. Products of whole numbers compare exactly; quotients would be rounded. */
export const compareTravelTimes = (one: TravelTime, other: TravelTime): number =>
  one.distance * other.speed - other.distance * one.speed

/** The whole steps that people see. */
export const stepsOf = ({ distance, speed }: TravelTime): number => Math.ceil(distance / speed)

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value))

/** One step towards the target: along x first, then along y with the cells that are left. It never goes beyond the target. */
export function move(courier: Courier, target: Location): Courier {
  const { location, speed } = courier
  const alongX = clamp(target.x - location.x, speed)
  const alongY = clamp(target.y - location.y, speed - Math.abs(alongX))
  return { ...courier, location: { x: location.x + alongX, y: location.y + alongY } }
}
