import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogTx } from '../../store/tables.ts'
import { productsOf } from '../store/reviews.ts'

type OwnerChange = Readonly<{ order_id: string; user_id: string }>
export type MoveReviews = (tx: CatalogTx, change: OwnerChange) => Promise<void>

/**
 * Gives the reviews of an order to its new owner: two accounts of one person were merged, or are two again. A buyer has one
 * review of a product, so the owner's own stays and the other one is deleted. A repeat changes nothing.
 */
export const moveReviews =
  ({ catalogCache }: Readonly<{ catalogCache: CatalogCache }>): MoveReviews =>
  async (tx, { order_id, user_id }) => {
    const reviewed = tx
      .selectFrom('catalog.reviews as own')
      .select('own.product_id')
      .where('own.user_id', '=', user_id)
      .where('own.product_id', 'is not', null)
    const deleted = await tx
      .deleteFrom('catalog.reviews')
      .where('order_id', '=', order_id)
      .where('user_id', '<>', user_id)
      .where('product_id', 'in', reviewed)
      .returning('product_id')
      .execute()
    await tx
      .updateTable('catalog.reviews')
      .set({ user_id })
      .where('order_id', '=', order_id)
      .where('user_id', '<>', user_id)
      .execute()
    if (deleted.length > 0) catalogCache.invalidateProducts(tx, productsOf(...deleted))
  }
