import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

type DeleteTagOutcome = Readonly<{ kind: 'deleted' }> | NotFound
export type DeleteTag = (id: string) => Promise<DeleteTagOutcome>

export const deleteTag =
  ({ db, catalogCache }: Needs): DeleteTag =>
  (id) =>
    transaction(db, async (tx): Promise<DeleteTagOutcome> => {
      const { numDeletedRows } = await tx.deleteFrom('catalog.tags').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) return notFound('tag')
      catalogCache.invalidateAll(tx)
      return { kind: 'deleted' }
    })
