import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { deletionConflicts, type DeletionRefused, deletionRefusalOf } from '../deletion.ts'
import { lockVariant, lockVariantUses } from '../store/variants.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteVariantOutcome = Readonly<{ kind: 'deleted' }> | NotFound | DeletionRefused

export type DeleteVariant = (id: string) => Promise<DeleteVariantOutcome>

/** Deletes a variant without orders. A trigger deactivates the product when no active variant remains. */
export const deleteVariant =
  ({ db, catalogCache }: Needs): DeleteVariant =>
  (id) =>
    transaction(
      db,
      async (tx): Promise<DeleteVariantOutcome> => {
        const variant = await lockVariant(tx, id)
        if (!variant) return notFound('variant')
        const refused = deletionRefusalOf(await lockVariantUses(tx, [id]))
        if (refused) return refused
        await tx.deleteFrom('catalog.variants').where('id', '=', id).execute()
        await publish(tx, [productUpdated({ product_id: variant.product_id })])
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: deletionConflicts },
    )
