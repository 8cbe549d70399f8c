import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound } from '#platform/outcome'
import { productDeactivated, productDeleted } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { deletionConflicts, type DeletionRefused, deletionRefusalOf } from '../deletion.ts'
import { lockVariantUses } from '../store/variants.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type DeleteProductOutcome = Readonly<{ kind: 'deleted' }> | NotFound | DeletionRefused

export type DeleteProduct = (id: string) => Promise<DeleteProductOutcome>

/** Deletes a product that was created by mistake. A product with an order cannot be deleted: it is archived instead. */
export const deleteProduct =
  ({ db, catalogCache }: Needs): DeleteProduct =>
  (id) =>
    transaction(
      db,
      async (tx): Promise<DeleteProductOutcome> => {
        const product = await tx
          .selectFrom('catalog.products')
          .select('id')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (!product) return notFound('product')
        const variants = await tx.selectFrom('catalog.variants').select('id').where('product_id', '=', id).execute()
        const variant_ids = variants.map((variant) => variant.id)
        const refused = deletionRefusalOf(await lockVariantUses(tx, variant_ids))
        if (refused) return refused
        await tx.deleteFrom('catalog.products').where('id', '=', id).execute()
        await publish(tx, [productDeactivated({ product_id: id }), productDeleted({ product_id: id })])
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: deletionConflicts },
    )
