import type { Refused } from '#platform/outcome'
import { kilometresBetween, type Localized } from '#platform/values'
import { placeNameOf, placeNamesOf } from './address-place.ts'
import type { Address } from './shipment.ts'

/** An area to which couriers deliver for one fee: named places, a circle, or places bounded by a circle. Amounts are minor units. */
export type Zone = Readonly<{
  id: string
  name: Localized
  /** Towns and postcodes, as the merchant typed them. */
  places: readonly string[]
  /** The centre of the circle; null without a circle. */
  lat: number | null
  lng: number | null
  radius_m: number | null
  fee: number
  currency: string
  /** Goods for less are not delivered. */
  minimum_total: number | null
  /** Goods for this sum are delivered for free. */
  free_from: number | null
  /** The time from the order to the hand-over, in minutes; null: not said. */
  earliest_minutes: number | null
  latest_minutes: number | null
  /** If two zones contain an address, the one with the lower position applies. */
  position: number
  is_active: boolean
}>

/** Refuses zones that the schema cannot check. */
export function refusalOfZone(
  zone: Zone,
): Refused<'zone-without-area' | 'incomplete-circle' | 'wrong-window'> | undefined {
  const circle = [zone.lat, zone.lng, zone.radius_m].filter((each) => each !== null).length
  if (circle !== 0 && circle !== 3) return { kind: 'refused', reason: 'incomplete-circle' }
  if (circle === 0 && !zone.places.some((place) => placeNameOf(place) !== '')) {
    return { kind: 'refused', reason: 'zone-without-area' }
  }
  const { earliest_minutes, latest_minutes } = zone
  const hasWindow = earliest_minutes !== null && latest_minutes !== null
  const isRight = hasWindow ? earliest_minutes <= latest_minutes : earliest_minutes === latest_minutes
  return isRight ? undefined : { kind: 'refused', reason: 'wrong-window' }
}

type Place = Readonly<{ names: ReadonlySet<string>; point: Readonly<{ lat: number; lng: number }> | null }>

function placeOf(address: Address): Place {
  const names = placeNamesOf(address)
  if (typeof address === 'string' || address.lat === undefined || address.lng === undefined)
    return { names, point: null }
  return { names, point: { lat: address.lat, lng: address.lng } }
}

/** `name`: the address names a place of the zone. `point`: its coordinates lie in a zone that names no places. */
type Containment = 'name' | 'point' | undefined

/** The circle of a zone that also names places bounds them: coordinates outside of it contradict the name. */
function containmentOf({ places, lat, lng, radius_m }: Zone, { names, point }: Place): Containment {
  const named = places.map(placeNameOf).filter((place) => place !== '')
  const isNamed = named.some((place) => names.has(place))
  if (named.length > 0 && !isNamed) return undefined
  if (lat === null || lng === null || radius_m === null || point === null) return isNamed ? 'name' : undefined
  const isInside = kilometresBetween({ lat, lng }, point) * 1000 <= radius_m
  return isInside ? (isNamed ? 'name' : 'point') : undefined
}

/** The goods that a courier brings: their sum before discounts, so that the fee does not depend on promotions. */
export type Goods = Readonly<{ items_amount: number; currency: string }>

export type CourierFee =
  | Readonly<{ kind: 'quoted'; fee: number; zone: Zone | null }>
  | Refused<'address-not-served'>
  | (Refused<'below-delivery-minimum'> & Readonly<{ minimum_total: number; currency: string }>)

/**
 * The fee of a courier to an address. A shop without active zones delivers everywhere for free. The buyer types the address
 * and sends the coordinates, so the coordinates never make the place that the address names cheaper.
 */
export function courierFeeOf(address: Address, goods: Goods, zones: readonly Zone[]): CourierFee {
  const active = zones.filter(({ is_active }) => is_active)
  if (active.length === 0) return { kind: 'quoted', fee: 0, zone: null }
  const place = placeOf(address)
  const found = active
    .filter(({ currency }) => currency === goods.currency)
    .toSorted(bySequence)
    .map((zone) => ({ zone, by: containmentOf(zone, place) }))
    .filter(({ by }) => by !== undefined)
  const [first] = found
  if (!first) return { kind: 'refused', reason: 'address-not-served' }
  const named = found.find(({ by }) => by === 'name')
  const [fee, feeOfName] = [feeIn(first.zone, goods), feeIn((named ?? first).zone, goods)]
  return costOf(feeOfName) > costOf(fee) ? feeOfName : fee
}

function feeIn(zone: Zone, { items_amount, currency }: Goods): CourierFee {
  const { minimum_total, free_from } = zone
  if (minimum_total !== null && items_amount < minimum_total) {
    return { kind: 'refused', reason: 'below-delivery-minimum', minimum_total, currency }
  }
  const isFree = free_from !== null && items_amount >= free_from
  return { kind: 'quoted', fee: isFree ? 0 : zone.fee, zone }
}

const costOf = (fee: CourierFee): number => (fee.kind === 'quoted' ? fee.fee : Infinity)

/** Sorts zones: the first one that contains an address applies. */
export const bySequence = (one: Zone, other: Zone): number =>
  one.position - other.position || (one.id < other.id ? -1 : 1)
