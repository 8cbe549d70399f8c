import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminBrewProfile } from '../brew-profile-schema.ts'

export type ListBrewProfiles = (
  product_id: string,
) => Promise<Readonly<{ kind: 'found'; profiles: readonly AdminBrewProfile[] }> | NotFound>

/** The brew profiles of a product in both languages. */
export const listBrewProfiles =
  (db: CatalogDb): ListBrewProfiles =>
  async (product_id) => {
    const product = await db.selectFrom('catalog.products').select('id').where('id', '=', product_id).executeTakeFirst()
    if (!product) return notFound('product')
    const profiles = await db
      .selectFrom('catalog.brew_profiles')
      .select(['id', 'method', 'vessel', 'leaf_grams', 'water_ml', 'temperature_c', 'steep_seconds'])
      .select(['note', 'position'])
      .where('product_id', '=', product_id)
      .orderBy('position')
      .orderBy('method')
      .execute()
    return { kind: 'found', profiles }
  }
