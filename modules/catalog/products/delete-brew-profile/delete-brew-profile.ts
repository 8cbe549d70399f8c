import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteBrewProfileOutcome = Readonly<{ kind: 'deleted' }> | NotFound

export type DeleteBrewProfile = (product_id: string, id: string) => Promise<DeleteBrewProfileOutcome>

export const deleteBrewProfile =
  ({ db, catalogCache }: Needs): DeleteBrewProfile =>
  (product_id, id) =>
    transaction(db, async (tx): Promise<DeleteBrewProfileOutcome> => {
      const { numDeletedRows } = await tx
        .deleteFrom('catalog.brew_profiles')
        .where('id', '=', id)
        .where('product_id', '=', product_id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return notFound('brew profile')
      await publish(tx, [productUpdated({ product_id })])
      catalogCache.invalidateAll(tx)
      return { kind: 'deleted' }
    })
