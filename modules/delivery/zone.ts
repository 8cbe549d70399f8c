import type { Refused } from '#platform/outcome'
import { kilometresBetween, type Localized } from '#platform/values'
import type { Address } from './shipment.ts'

/** An area to which couriers deliver for one fee: named places, a circle, or both. Amounts are minor units. */
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
  /** Of two zones with one address the one with the lower position counts. */
  position: number
  is_active: boolean
}>

/** Refuses zones that the schema cannot check. */
export function refusalOfZone(
  zone: Zone,
): Refused<'zone-without-area' | 'incomplete-circle' | 'wrong-window'> | undefined {
  const circle = [zone.lat, zone.lng, zone.radius_m].filter((each) => each !== null).length
  if (circle !== 0 && circle !== 3) return { kind: 'refused', reason: 'incomplete-circle' }
  if (circle === 0 && !zone.places.some((place) => normalized(place) !== '')) {
    return { kind: 'refused', reason: 'zone-without-area' }
  }
  const { earliest_minutes, latest_minutes } = zone
  const hasWindow = earliest_minutes !== null && latest_minutes !== null
  const isRight = hasWindow ? earliest_minutes <= latest_minutes : earliest_minutes === latest_minutes
  return isRight ? undefined : { kind: 'refused', reason: 'wrong-window' }
}

/** Words in small letters, each between spaces: `г. Коломна` has the word of `Коломна`. */
const normalized = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** The town of an address in parts; all words of an address in one line. */
const placeTextOf = (address: Address): string =>
  ` ${normalized(typeof address === 'string' ? address : address.city)} `

function contains({ places, lat, lng, radius_m }: Zone, address: Address): boolean {
  const text = placeTextOf(address)
  const words = places.map(normalized).filter((place) => place !== '')
  if (words.some((place) => text.includes(` ${place} `))) return true
  if (lat === null || lng === null || radius_m === null || typeof address === 'string') return false
  if (address.lat === undefined || address.lng === undefined) return false
  return kilometresBetween({ lat, lng }, { lat: address.lat, lng: address.lng }) * 1000 <= radius_m
}

/** The goods that a courier brings: their sum before discounts, so that the fee does not depend on promotions. */
export type Goods = Readonly<{ items_amount: number; currency: string }>

export type CourierFee =
  | Readonly<{ kind: 'quoted'; fee: number; zone: Zone | null }>
  | Refused<'address-not-served'>
  | (Refused<'below-delivery-minimum'> & Readonly<{ minimum_total: number; currency: string }>)

/** The fee of a courier to an address. A shop without active zones delivers everywhere for free. */
export function courierFeeOf(address: Address, { items_amount, currency }: Goods, zones: readonly Zone[]): CourierFee {
  const active = zones.filter(({ is_active }) => is_active)
  if (active.length === 0) return { kind: 'quoted', fee: 0, zone: null }
  const zone = active.toSorted(bySequence).find((each) => each.currency === currency && contains(each, address))
  if (!zone) return { kind: 'refused', reason: 'address-not-served' }
  const { minimum_total, free_from } = zone
  if (minimum_total !== null && items_amount < minimum_total) {
    return { kind: 'refused', reason: 'below-delivery-minimum', minimum_total, currency }
  }
  const isFree = free_from !== null && items_amount >= free_from
  return { kind: 'quoted', fee: isFree ? 0 : zone.fee, zone }
}

const bySequence = (one: Zone, other: Zone): number => one.position - other.position || (one.id < other.id ? -1 : 1)
