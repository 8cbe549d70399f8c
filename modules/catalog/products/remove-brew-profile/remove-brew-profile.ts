import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type RemoveBrewProfileOutcome = Readonly<{ kind: 'removed' }> | NotFound

export type RemoveBrewProfile = (product_id: string, id: string) => Promise<RemoveBrewProfileOutcome>

export const removeBrewProfile =
  ({ db, catalogCache }: Needs): RemoveBrewProfile =>
  (product_id, id) =>
    transaction(db, async (tx): Promise<RemoveBrewProfileOutcome> => {
      const { numDeletedRows } = await tx
        .deleteFrom('catalog.brew_profiles')
        .where('id', '=', id)
        .where('product_id', '=', product_id)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return notFound('brew profile')
      await publish(tx, [productUpdated({ product_id })])
      catalogCache.invalidateAll(tx)
      return { kind: 'removed' }
    })
