/** Sellable pieces of variants that a buyer sent back. */
export type ReturnedGoods = Readonly<{
  return_id: string
  order_id: string
  items: readonly Readonly<{ variant_id: string; sellable: number }>[]
}>

/** The pieces of a variant that an order took from the stock, and those that came back. */
export type SoldPieces = Readonly<{
  variant_id: string
  reserved: number
  restocked: number
  return_ids: readonly string[]
}>

/**
 * The pieces that go back into the stock: at most those that the order took from it. It took none that it sold while the stock
 * was not tracked.
 */
export function countedOf(sold: readonly SoldPieces[], items: ReturnedGoods['items']): ReturnedGoods['items'] {
  const left = new Map(sold.map(({ variant_id, reserved, restocked }) => [variant_id, reserved - restocked]))
  return items.flatMap(({ variant_id, sellable }) => {
    const counted = Math.min(sellable, left.get(variant_id) ?? 0)
    return counted > 0 ? [{ variant_id, sellable: counted }] : []
  })
}
