import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { productsOf } from '../store/reviews.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteReview = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

export const deleteReview =
  ({ db, catalogCache }: Needs): DeleteReview =>
  async (id) =>
    await transaction(db, async (tx) => {
      const deleted = await tx.deleteFrom('catalog.reviews').where('id', '=', id).returningAll().executeTakeFirst()
      if (!deleted) return notFound('review')
      catalogCache.invalidateProducts(tx, productsOf(deleted))
      return { kind: 'deleted' } as const
    })
