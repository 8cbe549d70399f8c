/** A point on the earth, in degrees. */
type Point = Readonly<{ lat: number; lng: number }>

/** Returns numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function drawFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A UUID that depends on the seed alone, so that the same seed makes the same day. */
export function drawId(draw: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(draw() * 16).toString(16)).join('')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`
}

/** A cell of the town: streets run from 0 to 10 in both directions, and the shop is at 5, 5. */
export type Cell = Readonly<{ x: number; y: number }>

export const blocks = 10
export const shopCell: Cell = { x: 5, y: 5 }
/** Kilometres between two streets. */
const blockKilometres = 0.4

const kilometresPerDegree = 111.195
const southWest: Point = { lat: 55.08, lng: 38.72 }
const narrowing = Math.cos(((southWest.lat + 0.02) * Math.PI) / 180)

export const pointOf = ({ x, y }: Cell): Point => ({
  lat: southWest.lat + (y * blockKilometres) / kilometresPerDegree,
  lng: southWest.lng + (x * blockKilometres) / (kilometresPerDegree * narrowing),
})

export const distance = (one: Cell, other: Cell): number =>
  (Math.abs(one.x - other.x) + Math.abs(one.y - other.y)) * blockKilometres

/** Goes at most so many kilometres towards a cell: north or south first, then east or west. */
export function move(from: Cell, to: Cell, kilometres: number): Cell {
  const reach = kilometres / blockKilometres
  const y = clamp(to.y - from.y, reach)
  const x = clamp(to.x - from.x, reach - Math.abs(y))
  return { x: from.x + x, y: from.y + y }
}

const clamp = (way: number, reach: number) => Math.max(-reach, Math.min(reach, way))
