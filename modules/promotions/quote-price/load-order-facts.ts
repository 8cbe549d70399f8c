import type { CatalogApi } from '#catalog'
import type { Clock } from '#platform/values'
import type { LoadOrderFacts } from '../quote.ts'
import type { BuyerKeysOf } from '../store/buyer-keys.ts'
import { listBuyerUses } from '../store/buyer-uses.ts'
import type { PromotionsDb } from '../store/tables.ts'

type Needs = Readonly<{
  db: PromotionsDb
  now: Clock
  buyerKeysOf: BuyerKeysOf
  catalog: Pick<CatalogApi, 'categoriesOf'>
}>

/** Loads the facts that the promotions ask for, and no others: most ask neither for categories nor for earlier uses. */
export const loadOrderFacts =
  ({ db, now, buyerKeysOf, catalog }: Needs): LoadOrderFacts =>
  async ({ input, buyer, promotions, order_id, over }) => {
    const limited = promotions.filter(({ max_uses_per_buyer }) => max_uses_per_buyer !== null)
    const needsCategories = promotions.some(({ category_ids }) => category_ids.length > 0)
    const product_ids = needsCategories ? [...new Set(input.lines.map(({ product_id }) => product_id))] : []
    const categories = product_ids.length === 0 ? [] : await catalog.categoriesOf(product_ids, over)
    const ids = limited.map(({ id }) => id)
    const byProduct = new Map(categories.map(({ product_id, category_ids }) => [product_id, category_ids]))
    const buyer_keys = buyerKeysOf(input.buyer)
    const used = await listBuyerUses(over ?? db, { promotion_ids: ids, buyer_keys, order_id: order_id ?? null })
    return {
      lines: input.lines.map(({ product_id, price, quantity }) => {
        return { price, quantity, category_ids: byProduct.get(product_id.toLowerCase()) ?? [] }
      }),
      currency: input.currency,
      delivery_fee: input.delivery_fee,
      now: now(),
      isFirstOrder: buyer.isFirstOrder && !used.hasFirstOrder,
      usesOfBuyer: used.uses,
    }
  }
