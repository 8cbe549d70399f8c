import { sql } from 'kysely'
import { type ItemPage, pageOfAll, type Window } from '#platform/outcome'
import type { Locale } from '#platform/values'
import { byName } from '../../store/by-name.ts'
import { cacheKey, type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { TermKind } from '../schema.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ListTaxonomy = (kind: TermKind, window: Window, locale: Locale) => Promise<PreparedResponse>

/** The terms of one kind in the language of the reader, from the cache. */
export const listTaxonomy =
  ({ db, catalogCache }: Needs): ListTaxonomy =>
  (kind, window, locale) =>
    catalogCache.list(cacheKey([kind, locale], window), async () =>
      prepareResponse(inLocale(pageOfAll<object>(await listTerms[kind](db, locale), window), locale)),
    )

export type ListAdminTaxonomy = (kind: TermKind, window: Window, locale: Locale) => Promise<ItemPage<object>>

/** The terms of one kind in both languages. */
export const listAdminTaxonomy =
  (db: CatalogDb): ListAdminTaxonomy =>
  async (kind, window, locale) =>
    pageOfAll<object>(await listTerms[kind](db, locale), window)

/** All terms of each kind, sorted by position and by name in the reader's language. */
const listTerms = {
  categories: (db: CatalogDb, locale: Locale) =>
    db
      .selectFrom('catalog.categories')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('slug')
      .execute(),
  tags: (db: CatalogDb, locale: Locale) =>
    db.selectFrom('catalog.tags').selectAll().orderBy(byName(locale)).orderBy('slug').execute(),
  attributes: (db: CatalogDb, locale: Locale) =>
    db
      .selectFrom('catalog.attributes')
      .selectAll()
      .orderBy('position')
      .orderBy(byName(locale))
      .orderBy('code')
      .execute(),
  types: (db: CatalogDb, locale: Locale) =>
    db
      .selectFrom('catalog.types as type')
      .select(['type.code', 'type.plural', 'type.name'])
      .select(
        sql<string[]>`array(select attribute_code from catalog.type_attributes assigned
          where assigned.type_code = type.code order by assigned.position)`.as('attributes'),
      )
      .orderBy(byName(locale))
      .orderBy('type.code')
      .execute(),
}

/** The same content in one language: every {ru, en} becomes a text. */
function inLocale(content: unknown, locale: Locale): unknown {
  if (Array.isArray(content)) return content.map((each) => inLocale(each, locale))
  if (content === null || typeof content !== 'object') return content
  if ('ru' in content && 'en' in content) return content[locale]
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, inLocale(value, locale)]))
}
