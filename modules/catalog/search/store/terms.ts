import type { Locale } from '#platform/values'
import { byName } from '../../store/by-name.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** The attributes, categories, tags and types that describe products, in the order in which facets show them. */
export type Terms = Awaited<ReturnType<typeof selectTerms>>

export type ListTerms = (locale: Locale) => Promise<Terms>

/** All terms, from the cache: filters and facets read them, and few changes touch them. */
export const listTerms =
  ({ db, catalogCache }: Needs): ListTerms =>
  (locale) =>
    catalogCache.terms(locale, () => selectTerms(db, locale))

async function selectTerms(db: CatalogDb, locale: Locale) {
  const name = byName(locale)
  const [attributes, categories, tags, types] = await Promise.all([
    db
      .selectFrom('catalog.attributes')
      .select(['code', 'name', 'kind', 'unit', 'ui_hint', 'values', 'is_filter'])
      .orderBy('position')
      .orderBy(name)
      .execute(),
    db.selectFrom('catalog.categories').select(['slug as code', 'name']).orderBy('position').orderBy(name).execute(),
    db.selectFrom('catalog.tags').select(['slug as code', 'name']).orderBy(name).execute(),
    db.selectFrom('catalog.types').select(['code', 'name']).orderBy(name).execute(),
  ])
  return { attributes, categories, tags, types }
}
