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

/** The pieces that go back into the stock. An order takes no pieces of a variant whose stock is not tracked, and returns none. */
export function countedOf(sold: readonly SoldPieces[], { order_id, items }: ReturnedGoods): ReturnedGoods['items'] {
  const byVariant = new Map(sold.map((item) => [item.variant_id, item]))
  return items.flatMap(({ variant_id, sellable }) => {
    const item = byVariant.get(variant_id)
    if (!item || item.reserved === 0) return []
    if (item.restocked + sellable > item.reserved)
      throw new Error(`More pieces of ${variant_id} come back from order ${order_id} than it had`)
    return [{ variant_id, sellable }]
  })
}
