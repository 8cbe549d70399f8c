import type { Refused } from '#platform/outcome'

/** A cell of the grid. */
export type Location = Readonly<{ x: number; y: number }>

/** Both coordinates are whole numbers from 1 to this. */
export const gridSize = 10

const isOnGrid = (coordinate: number): boolean =>
  Number.isInteger(coordinate) && coordinate >= 1 && coordinate <= gridSize

/** The cell (x, y), or a refusal when it lies outside the grid. */
export const locationOf = (x: number, y: number): Location | Refused<'location-out-of-range'> =>
  isOnGrid(x) && isOnGrid(y) ? { x, y } : { kind: 'refused', reason: 'location-out-of-range' }

/** Steps along the streets of the grid. */
export const distanceBetween = (from: Location, to: Location): number =>
  Math.abs(from.x - to.x) + Math.abs(from.y - to.y)

export const isSameCell = (one: Location, other: Location): boolean => one.x === other.x && one.y === other.y

/** A cell drawn uniformly; `draw(below)` returns a whole number from 0 to below - 1. */
export const drawLocation = (draw: (below: number) => number): Location => ({
  x: draw(gridSize) + 1,
  y: draw(gridSize) + 1,
})
