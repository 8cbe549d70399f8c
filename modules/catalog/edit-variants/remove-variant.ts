import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { productUpdated } from '../events.ts'
import { type Removing, whyKept } from '../removal.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { lockVariant } from './change-variant.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

export type RemoveVariant = (id: string) => Promise<Removing>

/** Deletes a variant that nobody ordered. The database takes a product without active variants out of the shop. */
export const removeVariant =
  ({ db, shelf }: Needs): RemoveVariant =>
  (id) =>
    transaction(db, async (tx): Promise<Removing> => {
      const variant = await lockVariant(tx, id)
      if (!variant) return { kind: 'absent' }
      const refused = await whyKept(tx, [id])
      if (refused) return refused
      await tx.deleteFrom('catalog.variants').where('id', '=', id).execute()
      await publish(tx, [productUpdated({ product_id: variant.product_id })])
      shelf.changed(tx)
      return { kind: 'removed' }
    })
