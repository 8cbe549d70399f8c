import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Clock, type Locale } from '#platform/values'
import { productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { changedText, inBoth, noText } from '../../text.ts'
import type { BrewProfileBody } from '../brew-profile-schema.ts'
import type { AdminBrewProfile } from '../brew-profile-schema.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type SavedBrewProfile = Readonly<{ kind: 'saved'; profile: AdminBrewProfile }>

export type SaveBrewProfileOutcome = SavedBrewProfile | NotFound | Refused<'method-taken'>

/** A new profile of a product, or the one with this `id`. `locale` is the language of a text that is given in one. */
type Target = Readonly<{ product_id: string; id?: string; locale: Locale }>

/** Adds a brew profile to a product, or replaces one. */
export type SaveBrewProfile = (
  target: Target,
  input: BrewProfileBody,
  storeResponse: StoreResponse<SavedBrewProfile>,
) => Promise<SaveBrewProfileOutcome>

export const saveBrewProfile =
  ({ db, now, catalogCache }: Needs): SaveBrewProfile =>
  ({ product_id, id, locale }, input, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<SaveBrewProfileOutcome> => {
        if (!(await touchProduct(tx, product_id, now()))) return notFound('product')
        const before = id === undefined ? undefined : await findTexts(tx, product_id, id)
        if (id !== undefined && !before) return notFound('brew profile')
        const textOf = (name: 'vessel' | 'note') =>
          before ? changedText(before[name], input[name] ?? noText, locale) : inBoth(input[name] ?? noText)
        const profile = { position: 0, ...input, vessel: textOf('vessel'), note: textOf('note'), id: id ?? newId() }
        await saveProfile(tx, product_id, profile)
        await publish(tx, [productUpdated({ product_id })])
        catalogCache.invalidateAll(tx)
        const outcome = { kind: 'saved', profile } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts: { brew_profile_method: 'method-taken' } },
    )

/** False when there is no such product. The lock makes changes of one product follow one another. */
async function touchProduct(tx: CatalogTx, id: string, updated_at: Date): Promise<boolean> {
  const touched = await tx.updateTable('catalog.products').set({ updated_at }).where('id', '=', id).executeTakeFirst()
  return touched.numUpdatedRows > 0n
}

async function findTexts(tx: CatalogTx, product_id: string, id: string) {
  return await tx
    .selectFrom('catalog.brew_profiles')
    .select(['vessel', 'note'])
    .where('id', '=', id)
    .where('product_id', '=', product_id)
    .executeTakeFirst()
}

async function saveProfile(tx: CatalogTx, product_id: string, profile: AdminBrewProfile): Promise<void> {
  const { vessel, note, ...rest } = profile
  const row = { ...rest, product_id, vessel: JSON.stringify(vessel), note: JSON.stringify(note) }
  await tx
    .insertInto('catalog.brew_profiles')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}
