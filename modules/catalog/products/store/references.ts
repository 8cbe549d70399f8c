import type { CatalogDb } from '../../store/tables.ts'
import type { AllowedAttribute } from '../../taxonomy/attribute.ts'
import type { References } from '../import-changes.ts'

/** The categories, tags and types of the shop by their names in files. */
export async function listReferences(db: CatalogDb): Promise<References> {
  const [categories, tags, types, attributes] = await Promise.all([
    db.selectFrom('catalog.categories').select(['id', 'slug']).execute(),
    db.selectFrom('catalog.tags').select(['id', 'slug']).execute(),
    db.selectFrom('catalog.types').select('code').execute(),
    db
      .selectFrom('catalog.type_attributes as assigned')
      .innerJoin('catalog.attributes as attribute', 'attribute.code', 'assigned.attribute_code')
      .select(['assigned.type_code', 'attribute.code', 'attribute.kind', 'attribute.values'])
      .execute(),
  ])
  const byType = Map.groupBy(attributes, ({ type_code }) => type_code)
  const idsOf = (named: readonly Readonly<{ id: string; slug: string }>[]) =>
    new Map(named.map(({ id, slug }) => [slug, id]))
  return {
    categories: idsOf(categories),
    tags: idsOf(tags),
    types: new Map(types.map(({ code }): [string, readonly AllowedAttribute[]] => [code, byType.get(code) ?? []])),
  }
}
