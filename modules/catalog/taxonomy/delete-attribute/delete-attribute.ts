import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteAttributeOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'in-use'>
export type DeleteAttribute = (code: string) => Promise<DeleteAttributeOutcome>

export const deleteAttribute =
  ({ db, catalogCache }: Needs): DeleteAttribute =>
  (code) =>
    transaction(
      db,
      async (tx): Promise<DeleteAttributeOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.attributes').where('code', '=', code).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('attribute')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { type_attributes_attribute_code_fkey: 'in-use' } },
    )
