/** The stock of a variant after a change: `change` free pieces and `moved` pieces on hand were added to it. */
export type StockChange = Readonly<{
  variant_id: string
  product_id: string
  on_hand: number
  reserved: number
  /** The most pieces that one bundle takes of this variant; null when no bundle contains it. */
  largest_need: number | null
  change: number
  moved: number
}>

export const freeOf = ({ on_hand, reserved }: Pick<StockChange, 'on_hand' | 'reserved'>): number => on_hand - reserved

/** True when the change took the last free piece or freed the first. */
export const turnsAvailability = (stock: StockChange): boolean => freeOf(stock) > 0 !== freeOf(stock) - stock.change > 0

/** True when the variant, or a bundle that contains it, may have sold out or become available. */
export function mayTurnAvailability(stock: StockChange): boolean {
  const free = freeOf(stock)
  return Math.min(free, free - stock.change) < Math.max(stock.largest_need ?? 1, 1)
}

/** A component of a bundle: its free pieces (null: not tracked) and how many pieces each bundle takes. */
export type Component = Readonly<{ variant_id: string; per_bundle: number; free: number | null }>
