import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteCategoryOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'not-empty'>
export type DeleteCategory = (id: string) => Promise<DeleteCategoryOutcome>

export const deleteCategory =
  ({ db, catalogCache }: Needs): DeleteCategory =>
  (id) =>
    transaction(
      db,
      async (tx): Promise<DeleteCategoryOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.categories').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('category')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { categories_parent_id_fkey: 'not-empty', products_category_id_fkey: 'not-empty' } },
    )
