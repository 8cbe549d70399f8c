import type { Address } from '#ordering/events'

/** A point on the earth, in degrees. */
export type Point = Readonly<{ lat: number; lng: number }>

/** The point that an address names; null for an address without coordinates. */
export const pointOf = (address: Address): Point | null =>
  typeof address === 'object' && address.lat !== undefined && address.lng !== undefined
    ? { lat: address.lat, lng: address.lng }
    : null

/** Reads `55.1028,38.7531`; undefined for any other text. */
export function parsePoint(text: string): Point | undefined {
  const [, latitude, longitude] = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text) ?? []
  const [lat, lng] = [Number(latitude), Number(longitude)]
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lat, lng } : undefined
}
