import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import { refuseDeletion, type RemoveOutcome } from '../store/deletion.ts'
import { lockVariant } from '../store/variants.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type RemoveVariant = (id: string) => Promise<RemoveOutcome>

/** Deletes a variant without orders. A trigger deactivates the product when no active variant remains. */
export const removeVariant =
  ({ db, catalogCache }: Needs): RemoveVariant =>
  (id) =>
    transaction(db, async (tx): Promise<RemoveOutcome> => {
      const variant = await lockVariant(tx, id)
      if (!variant) return notFound('variant')
      const refused = await refuseDeletion(tx, [id])
      if (refused) return refused
      await tx.deleteFrom('catalog.variants').where('id', '=', id).execute()
      await publish(tx, [productUpdated({ product_id: variant.product_id })])
      catalogCache.invalidateAll(tx)
      return { kind: 'removed' }
    })
