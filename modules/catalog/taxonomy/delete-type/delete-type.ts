import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteTypeOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'in-use'>
export type DeleteType = (code: string) => Promise<DeleteTypeOutcome>

export const deleteType =
  ({ db, catalogCache }: Needs): DeleteType =>
  (code) =>
    transaction(
      db,
      async (tx): Promise<DeleteTypeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.types').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('type of product')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { products_type_code_fkey: 'in-use' } },
    )
