import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import { newId, type Clock } from '#platform/values'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { inBoth, noText } from '../../text.ts'
import type { BrewProfileBody } from '../brew-profile-schema.ts'
import type { AdminBrewProfile } from '../brew-profile-schema.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type SaveBrewProfileOutcome =
  | Readonly<{ kind: 'saved'; profile: AdminBrewProfile }>
  | NotFound
  | Refused<'method-taken'>

/** Adds a brew profile to a product, or replaces the one with this id. */
export type SaveBrewProfile = (
  target: Readonly<{ product_id: string; id?: string }>,
  input: BrewProfileBody,
) => Promise<SaveBrewProfileOutcome>

export const saveBrewProfile =
  ({ db, now, catalogCache }: Needs): SaveBrewProfile =>
  ({ product_id, id }, input) => {
    const texts = { vessel: inBoth(input.vessel ?? noText), note: inBoth(input.note ?? noText) }
    const profile = { position: 0, ...input, ...texts, id: id ?? newId() }
    const row = { ...profile, product_id, vessel: JSON.stringify(texts.vessel), note: JSON.stringify(texts.note) }
    return transaction(
      db,
      async (tx): Promise<SaveBrewProfileOutcome> => {
        const touched = await tx
          .updateTable('catalog.products')
          .set({ updated_at: now() })
          .where('id', '=', product_id)
          .executeTakeFirst()
        if (touched.numUpdatedRows === 0n) return notFound('product')
        if (id === undefined) await tx.insertInto('catalog.brew_profiles').values(row).execute()
        else {
          const { numUpdatedRows } = await tx
            .updateTable('catalog.brew_profiles')
            .set(row)
            .where('id', '=', id)
            .where('product_id', '=', product_id)
            .executeTakeFirst()
          if (numUpdatedRows === 0n) return notFound('brew profile')
        }
        await publish(tx, [productUpdated({ product_id })])
        catalogCache.invalidateAll(tx)
        return { kind: 'saved', profile }
      },
      { conflicts: { brew_profile_method: 'method-taken' } },
    )
  }
