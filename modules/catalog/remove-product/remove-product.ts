import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { productDeactivated } from '../events.ts'
import { type Removing, whyKept } from '../removal.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

export type RemoveProduct = (id: string) => Promise<Removing>

/** Deletes a product that nobody ever ordered: a slip of the pen. What was ordered is archived instead. */
export const removeProduct =
  ({ db, shelf }: Needs): RemoveProduct =>
  (id) =>
    transaction(db, async (tx): Promise<Removing> => {
      const product = await tx
        .selectFrom('catalog.products')
        .select('id')
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst()
      if (!product) return { kind: 'absent' }
      const variants = await tx.selectFrom('catalog.variants').select('id').where('product_id', '=', id).execute()
      const refused = await whyKept(
        tx,
        variants.map((variant) => variant.id),
      )
      if (refused) return refused
      await tx.deleteFrom('catalog.products').where('id', '=', id).execute()
      await publish(tx, [productDeactivated({ product_id: id })])
      shelf.changed(tx)
      return { kind: 'removed' }
    })
