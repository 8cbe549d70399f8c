import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { productsOf, type OfBuyer } from '../store/reviews.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteMyReview = (of: OfBuyer) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

export const deleteMyReview =
  ({ db, catalogCache }: Needs): DeleteMyReview =>
  async ({ user_id, product_id }) =>
    await transaction(db, async (tx) => {
      const deleted = await tx
        .deleteFrom('catalog.reviews')
        .where('user_id', '=', user_id)
        .where('product_id', '=', product_id)
        .returning('product_id')
        .executeTakeFirst()
      if (!deleted) return notFound('review')
      catalogCache.invalidateProducts(tx, productsOf(deleted))
      return { kind: 'deleted' } as const
    })
