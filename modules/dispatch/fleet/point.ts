import type { Address } from '#ordering/events'
import type { Point } from './choose-courier.ts'

/** The point that an address names; null for an address without coordinates. */
export const pointOf = (address: Address): Point | null =>
  typeof address === 'object' && address.lat !== undefined && address.lng !== undefined
    ? { lat: address.lat, lng: address.lng }
    : null
