import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound } from '#platform/outcome'
import { productDeactivated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import { refuseDeletion, type RemoveOutcome } from '../store/deletion.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type RemoveProduct = (id: string) => Promise<RemoveOutcome>

/** Deletes a product that was created by mistake. A product with an order cannot be deleted: it is archived instead. */
export const removeProduct =
  ({ db, catalogCache }: Needs): RemoveProduct =>
  (id) =>
    transaction(db, async (tx): Promise<RemoveOutcome> => {
      const product = await tx
        .selectFrom('catalog.products')
        .select('id')
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst()
      if (!product) return notFound('product')
      const variants = await tx.selectFrom('catalog.variants').select('id').where('product_id', '=', id).execute()
      const variant_ids = variants.map((variant) => variant.id)
      const refused = await refuseDeletion(tx, variant_ids)
      if (refused) return refused
      await tx.deleteFrom('catalog.products').where('id', '=', id).execute()
      await publish(tx, [productDeactivated({ product_id: id })])
      catalogCache.invalidateAll(tx)
      return { kind: 'removed' }
    })
