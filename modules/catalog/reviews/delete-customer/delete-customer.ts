import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogTx } from '../../store/tables.ts'
import { productsOf } from '../store/reviews.ts'

export type DeleteCustomer = (tx: CatalogTx, user_id: string) => Promise<void>

/** Deletes the reviews of a user who deleted the account: their words may name the author. A repeat changes nothing. */
export const deleteCustomer =
  ({ catalogCache }: Readonly<{ catalogCache: CatalogCache }>): DeleteCustomer =>
  async (tx, user_id) => {
    const deleted = await tx
      .deleteFrom('catalog.reviews')
      .where('user_id', '=', user_id)
      .returning('product_id')
      .execute()
    await tx
      .deleteFrom('catalog.displaced_reviews')
      .where((is) => is.or([is('user_id', '=', user_id), is('owner_id', '=', user_id)]))
      .execute()
    if (deleted.length > 0) catalogCache.invalidateProducts(tx, productsOf(...deleted))
  }
