/** What stands of a variant after its stock moved. */
export type StockLevel = Readonly<{
  variant_id: string
  product_id: string
  on_hand: number
  reserved: number
  /** The most pieces of it that one bundle takes; null when it is in no bundle. */
  largest_need: number | null
}>

/** A stock level and by how many free pieces it just changed. */
export type Moved = StockLevel & Readonly<{ change: number }>

/** Pieces of a variant on a shelf at most; a CHECK says the same. */
export const fullShelf = 1_000_000_000

export const freeOf = ({ on_hand, reserved }: Pick<StockLevel, 'on_hand' | 'reserved'>): number => on_hand - reserved

/** True when the last free piece went, or the first came back. */
export const turned = (moved: Moved): boolean => freeOf(moved) > 0 !== freeOf(moved) - moved.change > 0

/** True when the variant, or a bundle that takes it, may have become sold out or available. */
export function mayTurn(moved: Moved): boolean {
  const free = freeOf(moved)
  return Math.min(free, free - moved.change) < Math.max(moved.largest_need ?? 1, 1)
}

/** A component of a bundle: how many pieces are free (null: not tracked) and how many each bundle takes. */
export type Part = Readonly<{ variant_id: string; per: number; free: number | null }>

/** How many can be sold: the scarcest component decides. Null: as many as you like. A plain variant is its only part. */
export function availabilityOf(parts: readonly Part[]): number | null {
  const limits = parts.flatMap(({ free, per }) => (free === null ? [] : [Math.floor(free / per)]))
  return limits.length === 0 ? null : Math.min(...limits)
}
